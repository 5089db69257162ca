"""Changes the record of one file, after saying what it will do."""

from __future__ import annotations

import sys

from migrator.config import Config
from migrator.database import locked
from migrator.discovery import Migration, discover
from migrator.errors import ConfigError
from migrator.history import Recorded
from migrator.ledger import Ledger


async def repair(config: Config, name: str, *, yes: bool = False) -> None:
    """Accepts a changed file, or lets a half-done one begin anew. Raises ConfigError where that is not agreed to."""
    files = discover(config.migrations_dir)
    migration = next((file for file in files.migrations if file.name == name), None)
    if migration is None:
        raise ConfigError(
            f"{name}: no such file in {config.migrations_dir}. Give its whole name, as “status” shows it."
        )
    async with locked(config) as connection:
        ledger = Ledger(connection, config.migrations_table)
        entry = next((entry for entry in await ledger.read() if entry.version == migration.version), None)
        change = _change(migration, entry)
        if change is None:
            print(f"{name}: {'is as recorded' if entry else 'is pending'}, nothing to repair")
            return
        print(change)
        if not yes and not _agreed():
            raise ConfigError("Nothing was changed. Add --yes to do it.")
        if entry and entry.applied_at:
            await ledger.accept(migration)
        else:
            await ledger.forget(migration.version)
    print("done")


def _change(migration: Migration, entry: Recorded | None) -> str | None:
    """What will be done, in words; None where all is well."""
    if entry is None:
        return None
    if entry.applied_at is None:
        return (
            f"{migration.name}: is half done, {entry.statements} of its statements finished.\n"
            "The record of that will be deleted, so that the next run begins with the first statement again.\n"
            "What the finished ones did stays: undo it by hand first, or see that they can run twice.\n"
            "If you only want to go on, run “up” instead."
        )
    if entry.checksum == migration.checksum:
        return None
    return (
        f"{migration.name}: was changed after it was applied on {entry.applied_at:%Y-%m-%d}.\n"
        f"  recorded {entry.checksum}\n"
        f"  now      {migration.checksum}\n"
        "The record will take the file as it is now. Nothing is run: the change does not reach the database."
    )


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Do it? [y/N] ").strip().lower() in ("y", "yes")
