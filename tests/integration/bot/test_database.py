from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from bot.config import Config
from bot.errors import ConfigError, DatabaseRefused, StorageUnavailable
from bot.storage.database import Database, open_database
from bot.storage.schema_version import REQUIRED_VERSION, schema_version, wait_for_schema
from tests.integration.conftest import TestDatabase


async def cut_all_connections(database: TestDatabase) -> None:
    superuser = await database.server.connect("postgres", "postgres")
    await superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database.name)
    await superuser.close()


async def test_cut_connections_are_storage_unavailable_and_are_replaced(
    config: Config, storage: Database, database: TestDatabase
) -> None:
    async def query_a_dead_connection() -> None:
        async with storage.connection() as connection:
            await cut_all_connections(database)
            await connection.execute("SELECT 1")

    with pytest.raises(StorageUnavailable):
        await query_a_dead_connection()
    # Each dead connection may be lent once more before it is noticed.
    for _ in range(config.database_pool_min_size - 1):
        with suppress(StorageUnavailable):
            await storage.ping()
    await storage.ping()


async def test_a_query_that_takes_too_long_is_storage_unavailable(config: Config) -> None:
    storage = await open_database(config.model_copy(update={"database_timeout_seconds": 0.2}))
    with pytest.raises(StorageUnavailable):
        async with storage.connection() as connection:
            await connection.execute("SELECT pg_sleep(60)")
    await storage.close()


async def test_a_wrong_query_keeps_its_own_error(storage: Database) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        async with storage.connection() as connection:
            await connection.execute("SELECT * FROM nowhere")


async def test_a_wrong_call_keeps_its_own_error(storage: Database) -> None:
    async def call_with_too_few_arguments() -> None:
        async with storage.connection() as connection:
            await connection.execute("SELECT $1::int, $2::int", 1)

    with pytest.raises(asyncpg.InterfaceError, match="expects 2 arguments"):
        await call_with_too_few_arguments()


async def test_a_login_that_is_refused_later_may_be_tried_again(config: Config, database: TestDatabase) -> None:
    storage = await open_database(config)
    superuser = await database.server.connect("postgres", "postgres")
    await superuser.execute(f'REVOKE CONNECT ON DATABASE "{database.name}" FROM PUBLIC')
    await cut_all_connections(database)
    for _ in range(config.database_pool_min_size + 1):
        with pytest.raises(StorageUnavailable):
            await storage.ping()
    await superuser.execute(f'GRANT CONNECT ON DATABASE "{database.name}" TO bot')
    await storage.ping()
    await superuser.close()
    await storage.close()


async def test_the_pool_opens_no_more_than_it_may(config: Config, database: TestDatabase) -> None:
    storage = await open_database(config.model_copy(update={"database_pool_min_size": 1, "database_pool_max_size": 3}))

    async def query() -> None:
        async with storage.connection() as connection:
            await connection.execute("SELECT pg_sleep(0.01)")

    await asyncio.gather(*(query() for _ in range(30)))
    async with storage.connection() as connection:
        opened = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'orderly-bot'",
            database.name,
        )
    assert opened == 3
    await storage.close()


@pytest.mark.parametrize(
    "change", [{"database_password": "wrong"}, {"database_url": "/nowhere"}], ids=["password", "database"]
)
async def test_what_waiting_cannot_help_is_refused_at_once(
    config: Config, database: TestDatabase, change: dict[str, str]
) -> None:
    if "database_url" in change:
        change = {"database_url": database.url("bot") + "x"}
    values = {name: getattr(config, name) for name in ("bot_token", "database_url", "database_password")}
    with pytest.raises(DatabaseRefused, match=r"docs/operations\.md"):
        await open_database(Config.model_validate(values | change))


async def test_an_address_that_makes_no_sense_is_a_configuration_error(config: Config) -> None:
    values = {"bot_token": config.bot_token, "database_url": "postgresql://bot@host:port/orderly"}
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        await open_database(Config.model_validate(values))


async def test_the_version_is_0_before_the_first_migration(config: Config, empty_database: TestDatabase) -> None:
    values = {"bot_token": config.bot_token, "database_password": config.database_password}
    storage = await open_database(Config.model_validate(values | {"database_url": empty_database.url("bot")}))
    assert await schema_version(storage) == 0
    await storage.close()


async def test_a_schema_newer_than_the_bots_is_fine(storage: Database, database: TestDatabase) -> None:
    owner = await database.connect("migrator")
    await owner.execute(
        "INSERT INTO public.schema_migrations (version, name, checksum, duration) VALUES ($1, 'x.sql', '', '1 s')",
        REQUIRED_VERSION + 1,
    )
    await owner.close()
    await wait_for_schema(storage)


async def test_an_older_schema_is_waited_for(storage: Database, database: TestDatabase) -> None:
    owner = await database.connect("migrator")
    # Half done, as a file without a transaction that was cut off.
    await owner.execute("UPDATE public.schema_migrations SET applied_at = NULL WHERE version = $1", REQUIRED_VERSION)
    waiting = asyncio.create_task(wait_for_schema(storage))
    done, _ = await asyncio.wait({waiting}, timeout=1)
    assert not done
    await owner.execute("UPDATE public.schema_migrations SET applied_at = now() WHERE version = $1", REQUIRED_VERSION)
    await waiting
    await owner.close()
