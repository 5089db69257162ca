"""Arguments in, exit code out."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
from collections.abc import Sequence

import asyncpg

from migrator import config, logs, runner
from migrator.database import LOST
from migrator.errors import DatabaseUnreachable, MigrationFailed, MigratorError

TERMINATED = 128 + signal.SIGTERM
TERMINATION_DEADLINE = 5.0  # seconds; a container is killed after 10

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 done, 1 SQL failed, 2 usage or configuration, 3 history, 4 database unreachable, 5 lock, 143 on SIGTERM."""
    _parser().parse_args(arguments)
    logs.configure("text")
    try:
        settings = config.load()
        logs.configure(settings.log_format)
        asyncio.run(_until_terminated(settings))
    except MigratorError as error:
        log.error("%s", error)
        return error.exit_code
    except asyncio.CancelledError:
        log.warning("stopped by SIGTERM; the file in progress was rolled back")
        return TERMINATED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="migrator", description="Applies ordered SQL files to PostgreSQL.")
    parser.add_argument("command", nargs="?", choices=["up"], default="up", help="apply what is pending (default)")
    return parser


async def _until_terminated(settings: config.Config) -> None:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()

    def terminate() -> None:
        task.cancel()
        # Where even the cancellation gets no answer; the server rolls back when the connection is gone.
        loop.call_later(TERMINATION_DEADLINE, os._exit, TERMINATED)

    loop.add_signal_handler(signal.SIGTERM, terminate)
    try:
        await runner.up(settings)
    except (OSError, asyncpg.InterfaceError, *LOST) as error:
        raise DatabaseUnreachable(
            f"The connection to the database was lost: {error}. The file in progress was rolled back; run again."
        ) from None
    except asyncpg.InsufficientPrivilegeError as error:
        raise MigrationFailed(
            f"The database refuses schema_migrations: {error}. "
            "The migrator's role needs CREATE on the schema public; db/init/10-roles.sql grants it."
        ) from None
