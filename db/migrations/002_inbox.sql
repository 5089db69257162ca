-- What Telegram has handed over and the bot has not finished yet.
CREATE TABLE inbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    chat_id bigint NOT NULL,
    update_id bigint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    payload json NOT NULL,
    attempts bigint NOT NULL DEFAULT 0,
    error text,
    answer json,
    PRIMARY KEY (chat_id, id)
);

COMMENT ON COLUMN inbox.id IS 'The order of arrival.';
COMMENT ON COLUMN inbox.payload IS 'As it came: json keeps what jsonb and text refuse.';
COMMENT ON COLUMN inbox.answer IS 'The Bot API call still to be made; the handler is done with the update.';

-- One row a chat: its updates are handled one after the other.
CREATE TABLE inbox_chats (
    chat_id bigint PRIMARY KEY,
    waiting bigint NOT NULL CHECK (waiting >= 0),
    due_at timestamptz NOT NULL DEFAULT now(),
    claimed_by bigint
);

COMMENT ON COLUMN inbox_chats.waiting IS 'How many updates the chat has in inbox.';
COMMENT ON COLUMN inbox_chats.due_at IS 'Not before then; what has waited longest is claimed first.';
COMMENT ON COLUMN inbox_chats.claimed_by IS 'replicas.id of the process that handles the chat now.';

CREATE INDEX inbox_chats_due ON inbox_chats (due_at) WHERE waiting > 0;

-- What has ever come, for as long as Telegram may deliver it again.
CREATE TABLE received_updates (
    bot_id bigint NOT NULL,
    update_id bigint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bot_id, update_id)
);

CREATE INDEX received_updates_received_at ON received_updates (received_at);

-- Where receiving goes on.
CREATE TABLE polling (
    bot_id bigint PRIMARY KEY,
    next_offset bigint NOT NULL
);

-- What could not be handled, kept until somebody replays or drops it.
CREATE TABLE failed_updates (
    id bigint PRIMARY KEY,
    chat_id bigint NOT NULL,
    update_id bigint NOT NULL,
    received_at timestamptz NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT now(),
    payload json NOT NULL,
    attempts bigint NOT NULL,
    error text NOT NULL,
    answer json
);

COMMENT ON COLUMN failed_updates.id IS 'inbox.id, which is never given twice.';
