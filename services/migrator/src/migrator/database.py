"""A connection of the migrator's own."""

from __future__ import annotations

import asyncio
import logging

import asyncpg
from asyncpg import Connection, Record

from migrator.config import Config
from migrator.errors import ConfigError, DatabaseUnreachable

CONNECT_TIMEOUT = 10.0  # seconds
RETRY_INTERVAL = 0.5  # seconds
#: An ALTER that queues behind a long reader makes everybody behind it wait too; better to fail and be run again.
LOCK_TIMEOUT = "5s"

#: What ends a connection from the other side.
LOST = (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError)

_AWAY = (OSError, *LOST, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError)

log = logging.getLogger(__name__)


async def connect(config: Config) -> Connection[Record]:
    """Waits for a server that is not there yet; fails at once where waiting cannot help."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + config.database_wait_seconds
    said = False
    while True:
        try:
            return await _connect(config)
        except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError) as error:
            raise DatabaseUnreachable(
                f"The database refuses the login: {error}. Compare the file database_password with the "
                "role's password; docs/operations.md, “Passwords”, tells how to set it anew."
            ) from None
        except asyncpg.InvalidCatalogNameError as error:
            raise DatabaseUnreachable(f"{error}. Create it, or mend DATABASE_URL.") from None
        except _AWAY as error:
            if loop.time() >= deadline:
                raise DatabaseUnreachable(
                    f"No database within {config.database_wait_seconds:g} s: {_reason(error)}. "
                    "Is the server of DATABASE_URL running and reachable?"
                ) from None
            if not said:
                log.info("waiting for the database", extra={"reason": _reason(error)})
                said = True
        except asyncpg.PostgresError as error:
            raise DatabaseUnreachable(
                f"The database refuses the connection: {error}. See to it, then run again."
            ) from None
        await asyncio.sleep(RETRY_INTERVAL)


async def _connect(config: Config) -> Connection[Record]:
    password = config.database_password
    try:
        return await asyncpg.connect(
            dsn=config.database_url.get_secret_value(),
            password=password.get_secret_value() if password else None,
            timeout=CONNECT_TIMEOUT,
            server_settings={"application_name": "orderly-migrator", "lock_timeout": LOCK_TIMEOUT},
        )
    except (ValueError, asyncpg.InterfaceError) as error:
        raise ConfigError(f"DATABASE_URL: {error}. {Config.model_fields['database_url'].description}.") from None


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
