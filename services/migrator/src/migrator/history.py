"""What the files say against what the record says."""

from __future__ import annotations

from collections.abc import Sequence

from migrator.discovery import Migration
from migrator.errors import HistoryError
from migrator.ledger import Applied


def pending(migrations: Sequence[Migration], applied: Sequence[Applied]) -> list[Migration]:
    """The migrations still to run, in order. Raises HistoryError that lists every disagreement."""
    files = {migration.version: migration for migration in migrations}
    done = {entry.version for entry in applied}
    newest = max(done, default=0)
    faults = [fault for entry in applied if (fault := _fault(files.get(entry.version), entry))]
    faults += [
        f"{migration.name}: is new, but {newest} is applied already. Give it a higher number."
        for migration in migrations
        if migration.version not in done and migration.version < newest
    ]
    if faults:
        raise HistoryError(faults)
    return [migration for migration in migrations if migration.version not in done]


def _fault(file: Migration | None, entry: Applied) -> str | None:
    if file is None:
        return f"{entry.name}: was applied, and the file is gone. Restore it, or deploy the release that has it."
    if file.checksum != entry.checksum:
        return f"{file.name}: was changed after it was applied. Restore it, and put the change into a new file."
    return None
