CREATE TABLE users (
    id bigint PRIMARY KEY,
    username text,
    first_name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    settings jsonb NOT NULL DEFAULT '{}'
);

COMMENT ON COLUMN users.id IS 'The Telegram user id.';
