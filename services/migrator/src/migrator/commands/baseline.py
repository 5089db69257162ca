"""Takes an existing database as being at a version."""

from __future__ import annotations

import logging

from migrator import history
from migrator.config import Config
from migrator.database import locked
from migrator.discovery import discover
from migrator.errors import HistoryError
from migrator.ledger import Ledger

log = logging.getLogger(__name__)


async def baseline(config: Config, version: int) -> None:
    """Records the files up to that number as applied, and runs none. Raises HistoryError where there is a record."""
    files = discover(config.migrations_dir)
    if files.faults:
        raise HistoryError(files.faults)
    history.check_target(files, version)
    taken = [migration for migration in files.migrations if migration.version <= version]
    async with locked(config) as connection:
        ledger = Ledger(connection, config.migrations_table)
        async with connection.transaction():
            await ledger.extend()
            recorded = await ledger.read()
            if [(entry.version, entry.checksum) for entry in recorded if entry.applied_at] == [
                (migration.version, migration.checksum) for migration in taken
            ]:
                log.info("is there already", extra={"version": version})
                return
            if recorded:
                raise HistoryError(
                    [
                        f"{config.migrations_table}: has a record already, up to {recorded[-1].version}. "
                        "A baseline is for a database without one; “status” shows what is recorded."
                    ]
                )
            await ledger.create()
            for migration in taken:
                await ledger.adopt(migration)
    log.info("taken as applied, nothing was run", extra={"version": version, "files": len(taken)})
