ALTER TABLE users ADD COLUMN blocked_at timestamptz;

COMMENT ON COLUMN users.blocked_at IS 'When it was noticed that the user does not want to hear from the bot.';
