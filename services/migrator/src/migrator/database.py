"""A connection of the migrator's own."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import asyncpg
from asyncpg import Connection, PostgresLogMessage, Record
from asyncpg.connect_utils import SessionAttribute

from migrator.config import QUOTING_ADVICE, URL_ADVICE, Config
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
    connection.add_log_listener(pass_on)
    try:
        yield connection
        await connection.close(timeout=CLOSE_TIMEOUT)
    except asyncio.CancelledError:
        with suppress(*LOST):  # then the server has rolled back by itself
            await connection.close(timeout=CLOSE_TIMEOUT)  # waits until the statement is cancelled
        raise
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
                "Is DATABASE_URL right, and the server running, reachable, and no standby?"
            )
        if not said:
            log.info("waiting for the database", extra={"reason": "; ".join(reasons)})
            said = True
        await asyncio.sleep(RETRY_INTERVAL)


def reason(error: Exception) -> str:
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return "takes no writes: a standby, or default_transaction_read_only is on"
    if isinstance(error, OSError) and (error.errno or 0) > 0:  # the words of a failed look-up have none
        return os.strerror(error.errno or 0)
    return str(error) or type(error).__name__


def pass_on(_: object, message: PostgresLogMessage) -> None:
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
    """Raises what may pass with time; ConfigError and DatabaseUnreachable for what will not."""
    try:
        try:
            return await _open(config, url, {**_SETTINGS, **_SETTINGS_OF_17}, writes=writes)
        except asyncpg.UndefinedObjectError:
            return await _open(config, url, _SETTINGS, writes=writes)
    except ssl.SSLCertVerificationError as error:
        raise DatabaseUnreachable(
            f"The server's certificate is not trusted: {error.verify_message}. See sslrootcert in DATABASE_URL."
        ) from None
    except FileNotFoundError as error:
        if error.filename is None:  # the socket of a server that is not there yet
            raise
        raise ConfigError(f"DATABASE_URL: {error.filename}: {error.strerror}. Give the path of a file.") from None
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise DatabaseUnreachable(
            f"The database refuses the login: {error}. Compare the file database_password with the "
            "role's password; docs/operations.md, “Passwords”, tells how to set it anew."
        ) from None
    except asyncpg.InvalidCatalogNameError as error:
        raise DatabaseUnreachable(f"{error}. Create it, or mend DATABASE_URL.") from None
    except asyncpg.UndefinedObjectError as error:
        raise ConfigError(f"DATABASE_URL: {error}. Mend or remove that parameter.") from None
    except _AWAY:
        raise
    except asyncpg.PostgresError as error:
        raise DatabaseUnreachable(f"The database refuses the connection: {error}. See to it, then run again.") from None
    except (ValueError, OverflowError, asyncpg.InterfaceError):
        # Its words may hold a part of the URL, and so of a password in it.
        raise ConfigError(f"DATABASE_URL: cannot be understood. {URL_ADVICE} {QUOTING_ADVICE}") from None


async def _open(config: Config, url: str, settings: dict[str, str], *, writes: bool) -> Connection[Record]:
    return await asyncpg.connect(
        dsn=url,
        password=config.database_password,
        timeout=CONNECT_TIMEOUT,
        statement_cache_size=0,  # a file may DEALLOCATE ALL
        target_session_attrs=SessionAttribute.read_write if writes else None,
        server_settings={**settings, "lock_timeout": f"{config.lock_timeout_seconds * 1000:.0f}"},
    )


_SETTINGS = {
    "application_name": "orderly-migrator",
    # A long migration is no mistake; what a role or a database prescribes is meant for others.
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    # What lies between must not forget the connection while an index is built; and the server stops, and frees the
    # lock, when the migrator has died.
    "tcp_keepalives_idle": "60",
    "client_connection_check_interval": "5000",
    # As the files are read.
    "standard_conforming_strings": "on",
}
_SETTINGS_OF_17 = {"transaction_timeout": "0"}
