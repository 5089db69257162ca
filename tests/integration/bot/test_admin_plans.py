"""However many orders and users there are, an admin's lists read a page of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial

import pytest

from bot.config import Config
from bot.domain.pages import Cursor
from bot.storage.database import Database, open_database
from bot.storage.failed_updates import FailedUpdateStore
from bot.storage.orders import OrderStore
from bot.storage.users import UserStore
from tests.hostile import PASSWORD
from tests.integration.bot.processes import TOKEN
from tests.integration.conftest import TestDatabase, create_copy, drop
from tests.integration.postgres import Server

PAGE = 8
#: Prepared statements get another plan after the fifth time.
TIMES = 7
OPEN = 600

FILL = """
    INSERT INTO users (id, username, first_name)
    SELECT number, CASE WHEN number % 10 < 9 THEN 'User_' || number END, 'Ada'
    FROM generate_series(1, 50000) AS number;
    INSERT INTO orders (id, user_id, status, total, currency)
    SELECT number, 1 + number % 50000,
           CASE WHEN number % 500 = 0 THEN 'placed'
                WHEN number % 500 = 1 THEN 'confirmed'
                WHEN number % 500 = 2 THEN 'shipped'
                WHEN number % 5 = 3 THEN 'cancelled'
                ELSE 'delivered' END,
           number, 'EUR'
    FROM generate_series(1, 100000) AS number;
    INSERT INTO failed_updates (id, chat_id, update_id, received_at, payload, attempts, error)
    SELECT number, number, number, now(), '{}', 5, 'no'
    FROM generate_series(1, 20000) AS number;
"""


@pytest.fixture(scope="module")
def full(server: Server, migrated: str) -> Iterator[TestDatabase]:
    """A large shop."""
    database = TestDatabase(server, "full_shop")
    asyncio.run(create_copy(server, migrated, database.name))
    asyncio.run(_fill(database))
    yield database
    asyncio.run(drop(server, database.name))


async def _fill(database: TestDatabase) -> None:
    owner = await database.connect("migrator")
    await owner.execute(FILL)
    await owner.execute("VACUUM ANALYZE")
    await owner.close()


@pytest.fixture(params=["auto", "force_generic_plan", "force_custom_plan"])
async def storage(full: TestDatabase, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """On one connection, whose prepared statements are planned so."""
    settings = {"bot_token": TOKEN, "database_password": PASSWORD, "database_url": full.url("bot")}
    pool = {"database_pool_min_size": 1, "database_pool_max_size": 1}
    opened = await open_database(Config.model_validate(settings | pool))
    async with opened.connection() as connection:
        await connection.execute(f"SET plan_cache_mode = {request.param}")
    yield opened
    await opened.close()


async def read_by(storage: Database, table: str, query: Callable[[], Awaitable[object]]) -> tuple[int, float]:
    """How often the whole table was read, and how many rows, or places in an index, each time the query ran."""
    before = await _counted(storage, table)
    for _ in range(TIMES):
        await query()
    after = await _counted(storage, table)
    return after[0] - before[0], (after[1] - before[1]) / TIMES


async def _counted(storage: Database, table: str) -> tuple[int, int]:
    async with storage.connection() as connection:
        await connection.execute("SELECT pg_stat_force_next_flush()")
        row = await connection.fetchrow(
            """
            SELECT seq_scan,
                   seq_tup_read + idx_tup_fetch + (
                       SELECT sum(idx_tup_read)
                       FROM pg_stat_user_indexes AS indexes
                       WHERE indexes.relid = tables.relid
                   )::bigint AS read
            FROM pg_stat_user_tables AS tables
            WHERE relname = $1
            """,
            table,
        )
    assert row is not None
    return row["seq_scan"], row["read"]


async def test_lists_of_orders_are_read_from_their_indexes(storage: Database) -> None:
    orders = OrderStore(storage)
    for lists in (orders.list_new, orders.list_open):
        for cursor in (Cursor(), Cursor(50_000), Cursor(50_000, back=True)):
            page = await lists(cursor, PAGE)
            assert len(page.items) == PAGE
            assert await read_by(storage, "orders", partial(lists, cursor, PAGE)) <= (0, 4 * PAGE)


async def test_open_orders_are_counted_in_their_index(storage: Database) -> None:
    orders = OrderStore(storage)
    assert (await orders.counts()).open == OPEN
    assert await read_by(storage, "orders", orders.counts) <= (0, 2 * OPEN)


async def test_a_username_is_found_in_the_index(storage: Database) -> None:
    users = UserStore(storage)
    assert [user.id for user in await users.find("uSER_77", 10)] == [77]
    assert await read_by(storage, "users", lambda: users.find("user_77", 10)) <= (0, 4)
    assert await users.find("nobody", 10) == []


async def test_a_page_of_what_failed_is_read_from_the_index(storage: Database) -> None:
    failed = FailedUpdateStore(storage)
    for cursor in (Cursor(), Cursor(10_000), Cursor(10_000, back=True)):
        assert await read_by(storage, "failed_updates", partial(failed.newest, cursor, PAGE)) <= (0, 4 * PAGE)


async def test_one_of_what_failed_is_replayed_and_dropped(storage: Database) -> None:
    failed = FailedUpdateStore(storage)
    count, _ = await failed.count()
    first = 20_001 - count
    ids = iter(range(first, first + 2 * TIMES))
    assert await read_by(storage, "failed_updates", lambda: failed.replay([next(ids)])) <= (0, 4)
    assert await read_by(storage, "failed_updates", lambda: failed.drop([next(ids)])) <= (0, 4)
    assert await failed.replay_up_to(first + 19) == 20 - 2 * TIMES
    assert await failed.count() == (count - 20, 20_000)
