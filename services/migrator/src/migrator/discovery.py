"""The .sql files of a directory, in order."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from migrator.errors import HistoryError

_NAME = re.compile(r"(?P<version>[0-9]{3,18})_[a-z0-9_]+\.sql")


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
    if not directory.is_dir():
        raise HistoryError(
            [f"{directory}: no such directory. Set MIGRATIONS_DIR to the one that holds the .sql files."]
        )
    faults: list[str] = []
    migrations: dict[int, Migration] = {}
    for path in sorted(directory.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            faults.append(
                f"{path.name}: bad name. Call it NNN_what_it_does.sql, in lower case, for example 007_orders.sql."
            )
            continue
        version = int(match["version"])
        if version in migrations:
            faults.append(
                f"{path.name}: {migrations[version].name} has the number {version} too. Renumber the newer file."
            )
            continue
        try:
            migrations[version] = Migration(version, path.name, _read(path))
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{path.name}: cannot be read: {error}. Save it as a plain file in UTF-8.")
    if faults:
        raise HistoryError(faults)
    return [migrations[version] for version in sorted(migrations)]


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
