"""What can go wrong, and the exit code that tells it.

MigratorError
├── MigrationFailed       1  a statement failed or cannot be parsed
├── ConfigError           2  a setting or an argument is missing or malformed
├── HistoryError          3  the files and the record disagree; nothing was touched
├── DatabaseUnreachable   4  no connection within the deadline, one that will never be allowed, or one that was lost
└── LockNotObtained       5  another migrator held the lock for the whole wait, or took it over
"""

from __future__ import annotations

from typing import ClassVar


class MigratorError(Exception):
    """The message is for the operator: what happened, and what to do next."""

    exit_code: ClassVar[int]


class MigrationFailed(MigratorError):
    exit_code = 1
    #: Of the statement that failed.
    sqlstate: str | None = None


class ConfigError(MigratorError):
    exit_code = 2


class HistoryError(MigratorError):
    """Carries every fault found, so that all can be mended at once."""

    exit_code = 3

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class DatabaseUnreachable(MigratorError):
    exit_code = 4


class LockNotObtained(MigratorError):
    exit_code = 5
