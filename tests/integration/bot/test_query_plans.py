"""However much waits in the inbox, a query reads what it needs and no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta

import pytest

from bot.config import Config
from bot.domain.calls import Call
from bot.domain.inbox import Claimed, Retry
from bot.storage.database import open_database
from tests.hostile import PASSWORD
from tests.integration.bot.metering import Meter
from tests.integration.bot.processes import TOKEN
from tests.integration.bot.receiving import Inbox, arrival
from tests.integration.conftest import TestDatabase
from tests.integration.postgres import Server

BATCH = 50
#: Of chats that wait, those that others work for: they have waited longest.
CLAIMED = 100
#: Prepared statements get another plan after the fifth time.
TIMES = 7

FILL = """
    ALTER SEQUENCE inbox_id_seq RESTART WITH 1000000;
    INSERT INTO inbox (chat_id, update_id, payload)
    SELECT number % 20000, number, '{"text": "x"}'
    FROM generate_series(1, 200000) AS number;
    INSERT INTO inbox_chats (chat_id, waiting, due_at, claimed_by)
    SELECT number,
           CASE WHEN number < 20000 THEN 10 ELSE 0 END,
           now() - interval '1 h' + number % 20000 * interval '0.2 s',
           CASE WHEN number < 100 THEN 1000 END
    FROM generate_series(0, 219999) AS number;
    INSERT INTO received_updates (bot_id, update_id, received_at)
    SELECT 1000000001, number, now() - number * interval '1 s'
    FROM generate_series(1, 300000) AS number;
    INSERT INTO failed_updates (id, chat_id, update_id, received_at, payload, attempts, error)
    SELECT number, number, number, now(), '{}', 5, 'no'
    FROM generate_series(1, 20000) AS number;
    INSERT INTO replicas OVERRIDING SYSTEM VALUE VALUES (1000);
    ANALYZE
"""


@pytest.fixture(scope="module")
def full(server: Server, migrated: str) -> Iterator[TestDatabase]:
    """A database in which much has come and nothing goes on."""
    database = TestDatabase(server, "full_inbox")
    asyncio.run(_execute(server, "postgres", "postgres", f"CREATE DATABASE full_inbox TEMPLATE {migrated}"))
    asyncio.run(_execute(server, "migrator", database.name, FILL))
    yield database
    asyncio.run(_execute(server, "postgres", "postgres", "DROP DATABASE full_inbox WITH (FORCE)"))


@pytest.fixture(params=["auto", "force_generic_plan", "force_custom_plan"])
async def inbox(full: TestDatabase, request: pytest.FixtureRequest) -> AsyncIterator[Inbox]:
    """On one connection, whose prepared statements are planned so."""
    settings = {"bot_token": TOKEN, "database_password": PASSWORD, "database_url": full.url("bot")}
    pool = {"database_pool_min_size": 1, "database_pool_max_size": 1}
    database = await open_database(Config.model_validate(settings | pool))
    inbox = Inbox(database)
    await inbox.execute(f"SET plan_cache_mode = {request.param}")
    yield inbox
    await database.close()


async def _execute(server: Server, role: str, database: str, query: str) -> None:
    connection = await server.connect(role, database)
    await connection.execute(query)
    await connection.close()


SMALL = ("replicas", "polling", "users", "outbox", "conversations", "schema_migrations")


@pytest.fixture
def meter(inbox: Inbox) -> Meter:
    return Meter(inbox.database, SMALL)


async def times(work: Callable[[], Awaitable[object]]) -> None:
    for _ in range(TIMES):
        await work()


async def test_what_waits_longest_is_claimed_and_finished(inbox: Inbox, meter: Meter) -> None:
    replica = await inbox.join()
    finish = Meter(inbox.database, SMALL)

    async def work() -> None:
        claims = await meter(inbox.store.claim(replica, BATCH))
        assert len(claims) == BATCH
        assert await finish(inbox.store.finish(claims))

    await times(work)
    assert meter.read("inbox") <= 2 * BATCH
    assert meter.read("inbox_chats") <= 4 * BATCH + CLAIMED
    assert finish.read("inbox") <= 2 * BATCH
    assert finish.read("inbox_chats") <= 4 * BATCH


async def test_a_batch_is_let_go(inbox: Inbox, meter: Meter) -> None:
    replica = await inbox.join()

    async def work() -> None:
        claims = await inbox.store.claim(replica, BATCH)
        retries = [Retry(claimed, timedelta(seconds=-1), "trouble") for claimed in claims]
        await meter(inbox.store.retry(retries))

    await times(work)
    assert meter.read("inbox") <= 3 * BATCH
    assert meter.read("inbox_chats") <= 3 * BATCH


async def test_one_is_finished_in_a_transaction(inbox: Inbox, meter: Meter) -> None:
    replica = await inbox.join()

    async def work() -> None:
        kept, failed, *_ = await inbox.store.claim(replica, 2)
        await meter(_keep(inbox, kept))
        await meter(inbox.store.finish_with(kept, ()))
        await meter(inbox.store.fail(failed, "no", []))

    await times(work)
    assert meter.read("inbox") <= 10
    assert meter.read("inbox_chats") <= 10


async def test_a_batch_is_received(inbox: Inbox, meter: Meter) -> None:
    begin = 1_000_000 + await inbox.value("SELECT count(*) FROM received_updates")
    numbers = iter(range(begin, begin + TIMES * BATCH))
    replica = await inbox.join()

    async def work() -> None:
        batch = [arrival(next(numbers), place * 2000) for place in range(BATCH)]
        await meter(inbox.receive(*batch, replica=replica, limit=BATCH))

    await times(work)
    assert meter.read("inbox") == 0
    assert meter.read("inbox_chats") <= 2 * BATCH
    assert meter.read("received_updates") <= 2 * BATCH


async def test_what_came_long_ago_is_forgotten(inbox: Inbox, meter: Meter) -> None:
    async def work() -> None:
        assert await meter(inbox.store.purge(timedelta(hours=25), BATCH)) == BATCH

    await times(work)
    assert meter.read("received_updates") <= 4 * BATCH


async def test_idle_chats_are_forgotten(inbox: Inbox, meter: Meter) -> None:
    """Older than anything else that is kept."""
    await inbox.execute(
        """
        UPDATE inbox_chats
        SET due_at = now() - interval '31 d'
        WHERE chat_id IN (SELECT chat_id FROM inbox_chats WHERE waiting = 0 LIMIT $1)
        """,
        TIMES * BATCH,
    )

    async def work() -> None:
        assert await meter(inbox.store.purge(timedelta(days=30), BATCH)) == BATCH

    await times(work)
    assert await inbox.store.purge(timedelta(days=30), BATCH) == 0
    # Until a vacuum comes, those that were deleted before are seen again.
    assert meter.read("inbox_chats") <= (TIMES + 2) * BATCH


# The command asks once and ends: its statements are never planned for any ids.
@pytest.mark.parametrize("inbox", ["force_custom_plan"], indirect=True)
async def test_a_failed_update_is_found_and_replayed(inbox: Inbox, meter: Meter) -> None:
    async def work() -> None:
        failed = await meter(inbox.failed.list(BATCH))
        assert await meter(inbox.failed.get(failed[0].id)) == failed[0]
        assert await meter(inbox.failed.replay([failed[0].id, failed[1].id])) == 2
        assert await meter(inbox.failed.drop([failed[2].id])) == 1

    await times(work)
    assert meter.read("failed_updates") <= 2 * BATCH
    assert meter.read("inbox_chats") <= 10


async def test_what_the_dead_have_claimed_is_found_among_what_waits(inbox: Inbox, meter: Meter) -> None:
    async def work() -> None:
        replica = await inbox.join()
        await inbox.store.claim(replica, BATCH)
        await meter(inbox.bury(replica))

    await times(work)
    assert meter.read("inbox_chats") <= 25_000


async def _keep(inbox: Inbox, claimed: Claimed) -> None:
    async with inbox.database.transaction() as connection:
        await inbox.store.keep_answer(connection, claimed, Call("sendMessage", {}), ())
