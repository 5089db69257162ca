"""Checks the files alone; needs no database."""

from __future__ import annotations

from pathlib import Path

from migrator.discovery import Migration, discover
from migrator.errors import HistoryError, MigrationFailed
from migrator.parsing import parse


def verify(directory: Path) -> None:
    """Raises HistoryError for names and numbers, else MigrationFailed for SQL; either with every fault found."""
    files = discover(directory)
    faults = [fault for migration in files.migrations if (fault := _fault(migration))]
    if files.faults:
        raise HistoryError([*files.faults, *faults])
    if faults:
        raise MigrationFailed("\n".join(faults))
    count = len(files.migrations)
    print(f"{count} file{'s' if count != 1 else ''}, all well")


def _fault(migration: Migration) -> str | None:
    try:
        parse(migration)
    except MigrationFailed as fault:
        return str(fault)
    return None
