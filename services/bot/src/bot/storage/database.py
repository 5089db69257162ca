"""The one pool of connections."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import asyncpg
from asyncpg import Connection, Pool, Record
from asyncpg.pool import PoolConnectionProxy

from bot.config import Config
from bot.errors import ConfigError, DatabaseRefused, StorageUnavailable

RETRY_INTERVAL = timedelta(seconds=0.5)
CLOSE_TIMEOUT = timedelta(seconds=3)

#: What asyncpg raises for a query when the server is away, stopping, or does not answer in time.
_LOST = (
    ConnectionError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,  # a query on a connection that is just being lost
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
#: The same for a connection that is asked for: the server may also be starting, or full.
_AWAY = (
    *_LOST,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)
_REFUSED = (
    asyncpg.InvalidPasswordError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)

log = logging.getLogger(__name__)


class Database:
    """Lends connections; hold one for queries only, never while waiting for Telegram."""

    def __init__(self, pool: Pool[Record]) -> None:
        self._pool = pool

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[PoolConnectionProxy[Record]]:
        """Raises StorageUnavailable, also for what runs in its body, when the database is away."""
        try:
            connection = await self._pool.acquire()
        except (*_AWAY, asyncpg.PostgresError) as error:  # whatever was wrong with connecting
            raise _away(error) from error
        try:
            try:
                yield connection
            except asyncpg.InterfaceError as error:
                # Also what a wrong call of ours raises, and no waiting mends that.
                if _is_lost(connection):
                    raise _away(error) from error
                raise
            finally:
                await self._pool.release(connection)
        except _LOST as error:
            raise _away(error) from error

    async def ping(self) -> None:
        """Raises StorageUnavailable."""
        async with self.connection() as connection:
            await connection.execute("SELECT 1")

    async def close(self) -> None:
        """Waits for the queries in progress, and not long for a server that does not answer."""
        with suppress(TimeoutError):
            # What is still open at the timeout, the pool cuts off.
            async with asyncio.timeout(CLOSE_TIMEOUT.total_seconds()):
                await self._pool.close()


async def open_database(config: Config) -> Database:
    """Waits for a server that is not there yet. Raises DatabaseRefused where waiting cannot help."""
    said = False
    while True:
        try:
            return Database(await _create_pool(config))
        except _REFUSED as error:
            raise DatabaseRefused(
                f"The database refuses the bot: {error}. Compare DATABASE_URL and the file database_password with the "
                "server's; docs/operations.md, “Passwords”, tells how to set the password anew."
            ) from None
        except _AWAY as error:
            if not said:
                log.warning("waiting for the database", extra={"reason": _reason(error)})
                said = True
        await asyncio.sleep(RETRY_INTERVAL.total_seconds())


async def _create_pool(config: Config) -> Pool[Record]:
    password = config.database_password
    try:
        return await asyncpg.create_pool(
            dsn=config.database_url.get_secret_value(),
            password=password.get_secret_value() if password else None,
            min_size=config.database_pool_min_size,
            max_size=config.database_pool_max_size,
            timeout=config.database_timeout_seconds,
            command_timeout=config.database_timeout_seconds,
            server_settings={"application_name": "orderly-bot"},
            init=_use_json,
        )
    except (ValueError, asyncpg.ClientConfigurationError) as error:
        raise ConfigError(f"DATABASE_URL: {error}. {Config.model_fields['database_url'].description}.") from None


async def _use_json(connection: Connection[Record]) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)


def _is_lost(connection: PoolConnectionProxy[Record]) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True  # the pool has taken it back already


def _away(error: Exception) -> StorageUnavailable:
    return StorageUnavailable(f"the database is away: {_reason(error)}")


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
