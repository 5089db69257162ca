-- migrate: no-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS users_created_at ON users (created_at);
