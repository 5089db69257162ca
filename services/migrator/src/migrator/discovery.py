"""The .sql files of a directory, in order."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from migrator.errors import HistoryError

_NAME = re.compile(r"(?P<version>[0-9]{3,18})_[a-z0-9_]+\.sql")
_WHERE = "Set MIGRATIONS_DIR to the directory that holds the .sql files."


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    #: Without a byte order mark, and with LF alone, so that an editor's habits change no checksum.
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def discover(directory: Path) -> list[Migration]:
    """Raises HistoryError that lists every unusable file."""
    faults: list[str] = []
    migrations: dict[int, Migration] = {}
    for name in _names(directory):
        migration = _load(directory / name)
        if isinstance(migration, str):
            faults.append(f"{name}: {migration}")
        elif migration.version in migrations:
            other = migrations[migration.version].name
            faults.append(f"{name}: {other} has the number {migration.version} too. Renumber the newer file.")
        else:
            migrations[migration.version] = migration
    if faults:
        raise HistoryError(faults)
    return [migrations[version] for version in sorted(migrations)]


def _names(directory: Path) -> list[str]:
    try:
        names = sorted(path.name for path in directory.iterdir() if path.suffix == ".sql")
    except OSError as error:
        raise HistoryError([f"{directory}: {error.strerror}. {_WHERE}"]) from None
    if not names:
        raise HistoryError([f"{directory}: holds no .sql file. {_WHERE}"])
    return names


def _load(path: Path) -> Migration | str:
    """The migration, or what is wrong with the file."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        return "bad name. Call it NNN_what_it_does.sql, in lower case, for example 007_orders.sql."
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        return f"cannot be read: {error}. Save it as a plain file in UTF-8."
    return Migration(int(match["version"]), path.name, text)
