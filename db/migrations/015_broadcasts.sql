-- What an admin tells all users; the outbox sends it.
CREATE TABLE broadcasts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    admin_id bigint NOT NULL,
    source_chat_id bigint NOT NULL,
    source_message_id bigint NOT NULL,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'sending', 'stopping', 'cancelled', 'done')),
    created_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    finished_at timestamptz,
    progress_message_id bigint,
    recipients bigint NOT NULL DEFAULT 0 CHECK (recipients >= 0),
    last_user_id bigint,
    queued bigint NOT NULL DEFAULT 0 CHECK (queued >= 0),
    sent bigint NOT NULL DEFAULT 0 CHECK (sent >= 0),
    blocked bigint NOT NULL DEFAULT 0 CHECK (blocked >= 0),
    failed bigint NOT NULL DEFAULT 0 CHECK (failed >= 0)
);

COMMENT ON COLUMN broadcasts.recipients IS 'How many users there were when it was confirmed.';
COMMENT ON COLUMN broadcasts.last_user_id IS 'Up to here, in the order of ids, it is in the outbox.';
COMMENT ON COLUMN broadcasts.queued IS 'How many messages have been put into the outbox.';

CREATE INDEX broadcasts_unfinished ON broadcasts (id) WHERE state IN ('sending', 'stopping');

ALTER TABLE outbox ADD COLUMN broadcast_id bigint;

COMMENT ON COLUMN outbox.broadcast_id IS 'broadcasts.id, which counts what becomes of the message.';
