"""Begins the next file."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from migrator.discovery import discover
from migrator.errors import ConfigError, HistoryError

_DATED = 10**13  # numbers from here on are dates: 20260131120000

HEADER = """\
-- What this changes, and why.
--
-- It runs in one transaction while the release before still serves: add first, remove in a later release.
-- Lines that may stand here:  "-- migrate: no-transaction", where a statement cannot run in a transaction
-- (CREATE INDEX CONCURRENTLY), and "-- migrate: lock-timeout 30s", to wait longer than usual for a busy table.

"""


def new(directory: Path, name: str) -> None:
    """Prints the path. Raises ConfigError for a name or directory it cannot use, HistoryError for bad files in it."""
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if not slug:
        raise ConfigError("Name the file after what it does, in letters from a to z, for example add_orders.")
    files = discover(directory) if any(directory.glob("*.sql")) else None
    if files and files.faults:
        raise HistoryError(files.faults)
    numbers = [migration.version for migration in files.migrations] if files else []
    width = max((len(migration.name.partition("_")[0]) for migration in files.migrations), default=3) if files else 3
    path = directory / f"{_next(max(numbers, default=0)):0{width}}_{slug}.sql"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(HEADER)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}. MIGRATIONS_DIR names the directory.") from None
    print(path)


def _next(newest: int) -> int:
    date = int(f"{datetime.now(UTC):%Y%m%d%H%M%S}") if newest >= _DATED else 0
    return max(date, newest + 1)
