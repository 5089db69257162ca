-- migrate: no-transaction

CREATE INDEX CONCURRENTLY IF NOT EXISTS inbox_chats_idle ON inbox_chats (due_at) WHERE waiting = 0;
