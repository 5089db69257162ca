-- migrate: no-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS users_reachable ON users (id) WHERE blocked_at IS NULL;
