"""However much is in the outbox, a query reads what it needs and no more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest

from bot.config import Config
from bot.domain.calls import Blocked, Due, Failed, Outcome, SendAgain, Sent
from bot.storage.database import Database, open_database
from bot.storage.outbox import OutboxStore
from tests.integration.bot.sending import text
from tests.integration.conftest import TestDatabase

BATCH = 50
#: Prepared statements get another plan after the fifth time.
TIMES = 8
MINUTE = timedelta(minutes=1)

FILL = """
    INSERT INTO outbox (chat_id, method, parameters, key, bulk, due_at, attempts, state, settled_at)
    SELECT number % 20000 - 500, 'sendMessage', '{"text": "x"}', 'key ' || number, kind = 'bulk',
           now() + CASE kind WHEN 'later' THEN 1 ELSE -1 END * number * interval '1 s',
           CASE kind WHEN 'tried' THEN 1 ELSE 0 END,
           CASE WHEN kind IN ('sent', 'blocked', 'failed') THEN kind ELSE 'pending' END,
           CASE WHEN kind IN ('sent', 'blocked', 'failed') THEN now() - number * interval '1 s' END
    FROM (
        SELECT number,
               CASE WHEN number % 10 < 5 THEN 'sent'
                    WHEN number % 10 < 7 THEN 'bulk'
                    WHEN number % 10 < 9 THEN 'later'
                    WHEN number % 100 < 30 THEN 'failed'
                    WHEN number % 100 < 60 THEN 'blocked'
                    WHEN number % 100 < 80 THEN 'tried'
                    ELSE 'now' END AS kind
        FROM generate_series(1, 100000) AS number
    ) AS numbered
"""


@pytest.fixture
async def storage(config: Config, database: TestDatabase) -> AsyncIterator[Database]:
    """A full outbox, on one connection."""
    owner = await database.connect("migrator")
    await owner.execute(FILL)
    await owner.execute("ANALYZE outbox")
    await owner.close()
    opened = await open_database(config.model_copy(update={"database_pool_min_size": 1, "database_pool_max_size": 1}))
    yield opened
    await opened.close()


async def read_by(storage: Database, query: Callable[[], Awaitable[object]]) -> tuple[int, float]:
    """How often the whole table was read, and how many of its rows each time the query ran."""
    before = await _counted(storage)
    for _ in range(TIMES):
        await query()
    after = await _counted(storage)
    return after[0] - before[0], (after[1] - before[1]) / TIMES


async def _counted(storage: Database) -> tuple[int, int]:
    async with storage.connection() as connection:
        await connection.execute("SELECT pg_stat_force_next_flush()")
        row = await connection.fetchrow(
            """
            SELECT seq_scan, coalesce(idx_tup_fetch, 0) + seq_tup_read AS read
            FROM pg_stat_user_tables
            WHERE relname = 'outbox'
            """
        )
    assert row is not None
    return row["seq_scan"], row["read"]


async def test_what_is_due_is_found_in_the_index(storage: Database) -> None:
    store = OutboxStore(storage)
    assert await read_by(storage, lambda: store.due(BATCH)) <= (0, 4 * BATCH)
    busy = [message.chat_id for message in await store.due(BATCH)]
    assert await read_by(storage, lambda: store.due(BATCH, busy)) <= (0, 8 * BATCH)


async def test_bulk_is_found_in_the_index_when_there_is_nothing_else(storage: Database) -> None:
    store = OutboxStore(storage)
    async with storage.connection() as connection:
        await connection.execute(
            "UPDATE outbox SET state = 'sent' WHERE state = 'pending' AND NOT bulk AND due_at < now()"
        )
    assert all(message.bulk for message in await store.due(BATCH))
    assert await read_by(storage, lambda: store.due(BATCH)) <= (0, 4 * BATCH)


async def test_the_next_due_time_is_found_in_the_index(storage: Database) -> None:
    assert await read_by(storage, OutboxStore(storage).next_due) <= (0, 10)


async def test_one_row_is_settled(storage: Database) -> None:
    store = OutboxStore(storage)
    messages = iter(await store.due(200))
    outcomes: list[Outcome] = [Sent(), Failed("no"), Blocked("by them"), SendAgain(MINUTE, "reset")]
    for outcome in outcomes:
        assert await read_by(storage, partial(_settle_next, store, messages, outcome)) <= (0, 2)


async def _settle_next(store: OutboxStore, messages: Iterator[Due], outcome: Outcome) -> None:
    await store.settle(next(messages), outcome)


async def test_writing_reads_nothing_else(storage: Database) -> None:
    store = OutboxStore(storage)

    async def write() -> None:
        async with storage.transaction() as connection:
            await store.enqueue(connection, [text(1, "x", key="key 1"), text(1, "x")])

    assert await read_by(storage, write) <= (0, 2)


async def test_a_batch_is_purged(storage: Database) -> None:
    store = OutboxStore(storage)
    assert await store.purge(MINUTE, BATCH) == BATCH
    assert await read_by(storage, lambda: store.purge(MINUTE, BATCH)) <= (0, 3 * BATCH)


async def test_failures_and_the_last_minute_are_found_in_the_index(storage: Database) -> None:
    store = OutboxStore(storage)
    assert len(await store.failed(BATCH)) == BATCH
    assert await read_by(storage, lambda: store.failed(BATCH)) <= (0, BATCH)
    assert await read_by(storage, lambda: store.recent_in_groups(MINUTE)) <= (0, 60)
