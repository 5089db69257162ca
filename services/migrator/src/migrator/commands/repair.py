"""Changes the record of one file, after saying what it will do."""

from __future__ import annotations

import asyncio
import sys

from migrator.config import Config
from migrator.database import connected, locked
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
    async with connected(config, writes=False) as connection:
        seen = await _entry(Ledger(connection, config.migrations_table), migration)
    change = _change(migration, seen)
    if change is None:
        print(f"{name}: {'is as recorded' if seen else 'is pending'}, nothing to repair")
        return
    print(change)
    if not yes and not await _agreed():
        raise ConfigError("Nothing was changed. Add --yes to do it.")
    async with locked(config) as connection:
        ledger = Ledger(connection, config.migrations_table)
        if await _entry(ledger, migration) != seen:
            raise ConfigError("Nothing was changed: the record has just become another. Look again.")
        if seen and seen.applied_at:
            await ledger.accept(migration)
        else:
            await ledger.forget(migration.version)
    print("done")


async def _entry(ledger: Ledger, migration: Migration) -> Recorded | None:
    return next((entry for entry in await ledger.read() if entry.version == migration.version), None)


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


async def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    print("Do it? [y/N] ", end="", flush=True)
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(sys.stdin, readable.set)
    try:
        await readable.wait()
        return sys.stdin.readline().strip().lower() in ("y", "yes")
    finally:
        loop.remove_reader(sys.stdin)
