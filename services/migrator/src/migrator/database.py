"""A connection of the migrator's own."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
from asyncpg import Connection, PostgresLogMessage, Record
from asyncpg.connect_utils import SessionAttribute

from migrator.config import URL_ADVICE, Config
from migrator.errors import ConfigError, DatabaseUnreachable
from migrator.lock import obtain, release

CONNECT_TIMEOUT = 10.0  # seconds
CLOSE_TIMEOUT = 5.0  # seconds
RETRY_INTERVAL = 0.5  # seconds

#: What a connection that breaks raises, depending on the moment.
LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

_AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.TargetServerAttributeNotMatched,
)

log = logging.getLogger(__name__)


@asynccontextmanager
async def connected(config: Config, *, writes: bool) -> AsyncIterator[Connection[Record]]:
    """A connection; raises DatabaseUnreachable when it cannot be had, and when it is lost."""
    connection = await connect(config, writes=writes)
    connection.add_log_listener(_pass_on)
    try:
        yield connection
        await connection.close(timeout=CLOSE_TIMEOUT)
    except LOST as error:
        raise DatabaseUnreachable(
            f"The connection to the database was lost: {reason(error)}. "
            "What was not recorded was rolled back; run again."
        ) from None
    finally:
        connection.terminate()


@asynccontextmanager
async def locked(config: Config) -> AsyncIterator[Connection[Record]]:
    """The same, for the one migrator that may write. Raises LockNotObtained as well."""
    async with connected(config, writes=True) as connection:
        await obtain(connection, config.lock_wait_seconds)
        yield connection
        await release(connection)


async def connect(config: Config, *, writes: bool) -> Connection[Record]:
    """Waits for a server that is not there yet; fails at once where waiting cannot help."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + config.database_wait_seconds
    said = False
    while True:
        reasons = []
        for url in _hosts(config.database_url):
            try:
                return await _connect(config, url, writes=writes)
            except _AWAY as error:
                reasons.append(f"{urlsplit(url).netloc.rpartition('@')[2]}: {reason(error)}")
        if loop.time() >= deadline:
            raise DatabaseUnreachable(
                f"No database within {config.database_wait_seconds:g} s: {'; '.join(reasons)}. "
                "Is the server of DATABASE_URL running and reachable?"
            )
        if not said:
            log.info("waiting for the database", extra={"reason": "; ".join(reasons)})
            said = True
        await asyncio.sleep(RETRY_INTERVAL)


def reason(error: Exception) -> str:
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return "takes no writes (a standby?)"
    return str(error) or type(error).__name__


def _pass_on(_: object, message: PostgresLogMessage) -> None:
    """What the database tells, for instance by RAISE NOTICE."""
    log.info((message.severity or "notice").lower(), extra={"text": message.message})


def _hosts(url: str) -> list[str]:
    """One URL for each host, since asyncpg passes to the next one only where nothing listens at the first."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return [url]
    login, at, hosts = parts.netloc.rpartition("@")
    return [parts._replace(netloc=f"{login}{at}{host}").geturl() for host in hosts.split(",")]


async def _connect(config: Config, url: str, *, writes: bool) -> Connection[Record]:
    try:
        return await asyncpg.connect(
            dsn=url,
            password=config.database_password,
            timeout=CONNECT_TIMEOUT,
            statement_cache_size=0,  # a file may DEALLOCATE ALL
            target_session_attrs=SessionAttribute.read_write if writes else None,
            server_settings={
                "application_name": "orderly-migrator",
                "lock_timeout": f"{config.lock_timeout_seconds * 1000:.0f}",
                # A long migration is no mistake; what a role or a database prescribes is meant for others.
                "statement_timeout": "0",
                "idle_in_transaction_session_timeout": "0",
                "tcp_keepalives_idle": "60",  # what lies between must not forget a connection while an index is built
                "standard_conforming_strings": "on",  # as the files are read
            },
        )
    except ssl.SSLCertVerificationError as error:
        raise DatabaseUnreachable(
            f"The server's certificate is not trusted: {error.verify_message}. See sslrootcert in DATABASE_URL."
        ) from None
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise DatabaseUnreachable(
            f"The database refuses the login: {error}. Compare the file database_password with the "
            "role's password; docs/operations.md, “Passwords”, tells how to set it anew."
        ) from None
    except asyncpg.InvalidCatalogNameError as error:
        raise DatabaseUnreachable(f"{error}. Create it, or mend DATABASE_URL.") from None
    except _AWAY:
        raise
    except asyncpg.PostgresError as error:
        raise DatabaseUnreachable(f"The database refuses the connection: {error}. See to it, then run again.") from None
    except (ValueError, asyncpg.InterfaceError):
        # Its words may hold a part of the URL, and so of a password in it.
        raise ConfigError(
            f"DATABASE_URL: cannot be understood. {URL_ADVICE} "
            "In a name or a password, write @ : / ? # % as %40 and so on."
        ) from None
