"""What the files say against what the record says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from migrator.discovery import Discovered, Migration
from migrator.errors import ConfigError, HistoryError


@dataclass(frozen=True, slots=True)
class Recorded:
    version: int
    name: str
    checksum: str
    #: None while a no-transaction file is half done.
    applied_at: datetime | None
    duration: timedelta
    #: Statements done.
    statements: int
    #: Checksum of these statements, while the file is half done.
    finished_part: str | None
    #: Checksum of the statement that was begun outside of a transaction and whose end is not known.
    running: str | None


def pending(
    files: Discovered, recorded: Sequence[Recorded], *, to: int | None = None, allow_out_of_order: bool = False
) -> list[Migration]:
    """The migrations still to run or to finish, up to a number. Raises HistoryError that lists every fault."""
    if faults := find_faults(files, recorded, allow_out_of_order=allow_out_of_order):
        raise HistoryError(faults)
    applied = {entry.version for entry in recorded if entry.applied_at}
    wanted = [migration for migration in files.migrations if to is None or migration.version <= to]
    return [migration for migration in wanted if migration.version not in applied]


def find_faults(files: Discovered, recorded: Sequence[Recorded], *, allow_out_of_order: bool = False) -> list[str]:
    by_version = {migration.version: migration for migration in files.migrations}
    known = {entry.version for entry in recorded}
    newest = max((entry.version for entry in recorded if entry.applied_at), default=-1)
    faults = [*files.faults]
    # Where no file can be read at all, that every one of them is gone need not be said as well.
    if files.migrations:
        faults += [fault for entry in recorded if (fault := _fault(by_version.get(entry.version), entry))]
    if not allow_out_of_order:
        faults += [
            f"{migration.name}: is new, but {newest} is applied already. Give it a higher number."
            for migration in files.migrations
            if migration.version not in known and migration.version < newest
        ]
    return faults


def _fault(file: Migration | None, entry: Recorded) -> str | None:
    if file is None:
        state = "was applied" if entry.applied_at else "is half done"
        return f"{entry.name}: {state}, and the file is gone. Restore it, or deploy the release that has it."
    # How much of a half-done file may still change is known when it has been read as statements.
    if entry.applied_at and file.checksum != entry.checksum:
        return (
            f"{file.name}: was changed after it was applied. Restore it, and put the change into a new file; "
            f"where it does not matter, as in a comment, “repair {file.name}” accepts it."
        )
    return None


def check_target(files: Discovered, version: int | None) -> None:
    """Raises ConfigError where no file has that number."""
    if version is not None and version not in (migration.version for migration in files.migrations):
        newest = max((migration.version for migration in files.migrations), default=0)
        raise ConfigError(f"No file has the number {version}; the newest is {newest}.")
