"""The one pool of connections."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TypeAlias

import asyncpg
from asyncpg import Connection, Pool, Record
from asyncpg.pool import PoolConnectionProxy

from bot.config import Config
from bot.errors import ConfigError, DatabaseRefused, StorageUnavailable

RETRY_INTERVAL = timedelta(seconds=0.5)
CLOSE_TIMEOUT = timedelta(seconds=3)
#: Shorter than the time after which the others take this process for hung.
SESSION_TIMEOUT = timedelta(seconds=8)

#: What asyncpg raises for a query when the server is away, stopping, in trouble, or does not answer in time.
_LOST = (
    ConnectionError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,  # a query on a connection that is just being lost
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,  # a server that no longer is the first one
    asyncpg.TransactionRollbackError,
)
#: The same for a connection that is asked for: the server may also be starting, or full.
_AWAY = (
    *_LOST,
    OSError,
    asyncpg.InterfaceError,
)
_REFUSED = (
    asyncpg.InvalidPasswordError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)

#: The server ends a session whose client is gone, and with it the locks that others wait for.
_GIVEN_UP_SOON = {
    "tcp_keepalives_idle": "2",  # seconds
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "5s",
    "idle_in_transaction_session_timeout": "5s",
}

AnyConnection: TypeAlias = "Connection[Record] | PoolConnectionProxy[Record]"

log = logging.getLogger(__name__)


class Database:
    """Lends connections; hold one for queries only, never while waiting for Telegram."""

    def __init__(self, pool: Pool[Record], timeout: float) -> None:
        """`timeout`: seconds to wait for a connection that is free."""
        self._pool = pool
        self._timeout = timeout

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[PoolConnectionProxy[Record]]:
        """Raises StorageUnavailable, also for what runs in its body, when the database is away."""
        try:
            connection = await self._pool.acquire(timeout=self._timeout)
        except (*_AWAY, asyncpg.PostgresError) as error:  # whatever was wrong with connecting
            raise _away(error) from error
        try:
            async with unavailable_when_lost(connection):
                yield connection
        finally:
            await self._release(connection)

    async def _release(self, connection: PoolConnectionProxy[Record]) -> None:
        try:
            await self._pool.release(connection)
        except _LOST as error:
            raise _away(error) from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PoolConnectionProxy[Record]]:
        """Raises StorageUnavailable; it is then unknown whether a commit that was under way took place."""
        async with self.connection() as connection, connection.transaction():
            yield connection

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


@asynccontextmanager
async def unavailable_when_lost(connection: AnyConnection) -> AsyncIterator[None]:
    """Raises StorageUnavailable for whatever says that the connection is lost, or that the server gave way."""
    try:
        yield
    except asyncpg.InterfaceError as error:
        # Also what a wrong call of ours raises, and no waiting mends that.
        if _is_lost(connection):
            raise _away(error) from error
        raise
    except _LOST as error:
        raise _away(error) from error


async def open_database(config: Config) -> Database:
    """Waits for a server that is not there yet. Raises DatabaseRefused where waiting cannot help."""
    said = False
    while True:
        try:
            return Database(await _create_pool(config), config.database_timeout_seconds)
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


async def open_session(config: Config) -> Connection[Record]:
    """A connection apart from the pool, whose end the server notices within seconds. Raises StorageUnavailable."""
    try:
        return await asyncpg.connect(
            dsn=config.database_url.get_secret_value(),
            password=_password(config),
            timeout=config.database_timeout_seconds,
            command_timeout=SESSION_TIMEOUT.total_seconds(),
            server_settings={"application_name": "orderly-bot-session", "lock_timeout": "500ms", **_GIVEN_UP_SOON},
        )
    except (*_AWAY, asyncpg.PostgresError) as error:
        raise _away(error) from error


async def _create_pool(config: Config) -> Pool[Record]:
    try:
        return await asyncpg.create_pool(
            dsn=config.database_url.get_secret_value(),
            password=_password(config),
            min_size=config.database_pool_min_size,
            max_size=config.database_pool_max_size,
            timeout=config.database_timeout_seconds,
            command_timeout=config.database_timeout_seconds,
            server_settings={"application_name": "orderly-bot", **_GIVEN_UP_SOON},
            init=_use_json,
            # Nothing that a query of the bot's leaves behind would have to be reset, and that takes a trip each time.
            reset=_keep,
        )
    except (ValueError, asyncpg.ClientConfigurationError) as error:
        raise ConfigError(f"DATABASE_URL: {error}. {Config.model_fields['database_url'].description}.") from None


async def _use_json(connection: Connection[Record]) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)


def _password(config: Config) -> str | None:
    return config.database_password.get_secret_value() if config.database_password else None


async def _keep(_: Connection[Record]) -> None: ...


def _is_lost(connection: AnyConnection) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True  # the pool has taken it back already


def _away(error: Exception) -> StorageUnavailable:
    return StorageUnavailable(f"the database is away: {_reason(error)}")


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
