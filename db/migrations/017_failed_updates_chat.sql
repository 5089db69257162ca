-- migrate: no-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS failed_updates_chat ON failed_updates (chat_id);
