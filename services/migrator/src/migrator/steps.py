"""The pending files as scripts, each with where to begin in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from migrator.discovery import Migration
from migrator.errors import HistoryError
from migrator.history import Recorded
from migrator.parsing import Script, parse_all


@dataclass(frozen=True, slots=True)
class Step:
    script: Script
    #: Statements that an earlier run has finished.
    done: int = 0
    #: Checksum of the statement that an earlier run began, and whose end is not known.
    running: str | None = None
    #: Whether the file is in the record already, half done.
    resumed: bool = False


def steps(pending: Sequence[Migration], recorded: Sequence[Recorded]) -> list[Step]:
    """Raises MigrationFailed for files that cannot be read as SQL, HistoryError for half-done ones that changed."""
    half_done = {entry.version: entry for entry in recorded if entry.applied_at is None}
    scripts = parse_all(pending)
    faults = [fault for script in scripts if (fault := _fault(script, half_done.get(script.migration.version)))]
    if faults:
        raise HistoryError(faults)
    return [_step(script, half_done.get(script.migration.version)) for script in scripts]


def _step(script: Script, entry: Recorded | None) -> Step:
    if entry is None:
        return Step(script)
    return Step(script, entry.statements, entry.running, resumed=True)


def _fault(script: Script, entry: Recorded | None) -> str | None:
    if entry is None or (not script.directives.transaction and _begins_with_finished_part(script, entry)):
        return None
    name = script.migration.name
    finished = f"{entry.statements} of its statements {'is' if entry.statements == 1 else 'are'} done"
    advice = f"Restore it; or see “repair {name}”, which makes it begin anew."
    if script.directives.transaction:
        return f"{name}: {finished}, and it no longer says no-transaction. {advice}"
    return f"{name}: {finished}, and that part was edited. {advice}"


def _begins_with_finished_part(script: Script, entry: Recorded) -> bool:
    checksums = script.checksums()
    return entry.statements < len(checksums) and checksums[entry.statements] == entry.finished_part
