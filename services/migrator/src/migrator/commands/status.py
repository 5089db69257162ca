"""Says what is applied and what is pending."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from migrator import history
from migrator.config import Config
from migrator.database import connected
from migrator.discovery import Discovered, discover
from migrator.errors import HistoryError
from migrator.history import Recorded
from migrator.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Entry:
    version: int
    name: str
    #: applied, half done, or pending
    state: str
    applied_at: str | None = None
    duration_ms: int | None = None
    statements: int | None = None
    checksum: str | None = None


async def status(config: Config, *, as_json: bool = False, allow_out_of_order: bool = False) -> bool:
    """Whether all is applied. Only reads, without a lock. Raises HistoryError, after it has said the rest."""
    files = discover(config.migrations_dir)
    async with connected(config, writes=False) as connection:
        recorded = await Ledger(connection, config.migrations_table).read()
    entries = _entries(files, recorded)
    faults = history.find_faults(files, recorded, allow_out_of_order=allow_out_of_order)
    if as_json:
        print(_json(entries, faults))
    else:
        print("\n".join(map(_line, entries)))
        print(_summary(entries))
    if faults:
        raise HistoryError(faults)
    return all(entry.state == "applied" for entry in entries)


def _entries(files: Discovered, recorded: Sequence[Recorded]) -> list[Entry]:
    known = {entry.version: entry for entry in recorded}
    pending = [Entry(file.version, file.name, "pending") for file in files.migrations if file.version not in known]
    return sorted([*pending, *map(_recorded, recorded)], key=lambda entry: entry.version)


def _recorded(entry: Recorded) -> Entry:
    return Entry(
        version=entry.version,
        name=entry.name,
        state="applied" if entry.applied_at else "half done",
        applied_at=entry.applied_at.astimezone(UTC).isoformat(timespec="seconds") if entry.applied_at else None,
        duration_ms=round(entry.duration.total_seconds() * 1000),
        statements=entry.statements,
        checksum=entry.checksum,
    )


def _line(entry: Entry) -> str:
    match entry.state:
        case "applied":
            return f"{entry.name}: applied {entry.applied_at} in {entry.duration_ms} ms"
        case "half done":
            return f"{entry.name}: half done, {entry.statements} of its statements finished"
    return f"{entry.name}: {entry.state}"


def _summary(entries: Sequence[Entry]) -> str:
    newest = max((entry.version for entry in entries if entry.state == "applied"), default=0)
    open_ones = sum(entry.state != "applied" for entry in entries)
    return f"at version {newest}, {open_ones} pending" if open_ones else f"at version {newest}, nothing pending"


def _json(entries: Sequence[Entry], faults: Sequence[str]) -> str:
    version = max((entry.version for entry in entries if entry.state == "applied"), default=0)
    migrations = [{name: getattr(entry, name) for name in Entry.__slots__} for entry in entries]
    return json.dumps({"version": version, "migrations": migrations, "faults": list(faults)}, indent=2)
