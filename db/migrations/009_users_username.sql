-- migrate: no-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS users_username ON users (lower(username)) WHERE username IS NOT NULL;
