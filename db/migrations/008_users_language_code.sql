ALTER TABLE users ADD COLUMN language_code text;

COMMENT ON COLUMN users.language_code IS 'What the user''s Telegram speaks; a choice of the user''s own is in settings.';
