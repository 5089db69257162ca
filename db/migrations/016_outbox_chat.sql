-- migrate: no-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS outbox_chat ON outbox (chat_id);
