-- What must reach a chat, written by the transaction that causes it.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id bigint NOT NULL,
    method text NOT NULL,
    parameters json NOT NULL,
    key text,
    bulk boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL DEFAULT now(),
    attempts bigint NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'blocked', 'failed')),
    settled_at timestamptz,
    error text
);

COMMENT ON COLUMN outbox.key IS 'What has one is written once, however often its cause is repeated.';
COMMENT ON COLUMN outbox.bulk IS 'Waits for all that is not: a broadcast holds no notification up.';

CREATE UNIQUE INDEX outbox_key ON outbox (key);
CREATE INDEX outbox_due ON outbox (bulk, due_at, id) WHERE state = 'pending';
CREATE INDEX outbox_retried ON outbox (chat_id, id) WHERE state = 'pending' AND attempts > 0;
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE state IN ('sent', 'blocked');
CREATE INDEX outbox_failed ON outbox (settled_at) WHERE state = 'failed';
