-- Where a conversation of several messages stands.
CREATE TABLE conversations (
    bot_id bigint NOT NULL,
    chat_id bigint NOT NULL,
    user_id bigint NOT NULL,
    thread_id bigint NOT NULL DEFAULT 0,
    business_connection_id text NOT NULL DEFAULT '',
    destiny text NOT NULL DEFAULT 'default',
    state text,
    data jsonb NOT NULL DEFAULT '{}',
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bot_id, chat_id, user_id, thread_id, business_connection_id, destiny)
);

COMMENT ON COLUMN conversations.thread_id IS '0 where there is none.';
COMMENT ON COLUMN conversations.business_connection_id IS 'Empty where there is none.';
COMMENT ON COLUMN conversations.destiny IS 'aiogram''s name for one of several conversations in the same chat.';
