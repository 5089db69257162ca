"""The .sql files of a directory, in order."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"(?P<version>[0-9]{1,18})_[A-Za-z0-9_-]+\.sql")
_WHERE = "Set MIGRATIONS_DIR to the directory that holds the .sql files."


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    #: As in the file, but for a byte order mark.
    text: str

    @property
    def checksum(self) -> str:
        return checksum(self.text)


def checksum(text: str) -> str:
    """SHA-256 of the text with LF alone, so that an editor's habits change nothing."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Discovered:
    #: By number.
    migrations: list[Migration]
    #: A line for each file that cannot be used.
    faults: list[str]


def discover(directory: Path) -> Discovered:
    try:
        names = sorted(path.name for path in directory.iterdir() if _is_sql(path))
    except OSError as error:
        return Discovered([], [f"{directory}: {error.strerror}. {_WHERE}"])
    if not names:
        return Discovered([], [f"{directory}: holds no .sql file. {_WHERE}"])
    faults: list[str] = []
    migrations: dict[int, Migration] = {}
    for name in names:
        migration = _load(directory / name)
        if isinstance(migration, str):
            faults.append(f"{name}: {migration}")
        elif migration.version in migrations:
            other = migrations[migration.version].name
            faults.append(f"{name}: {other} has the number {migration.version} too. Renumber the newer file.")
        else:
            migrations[migration.version] = migration
    return Discovered([migrations[version] for version in sorted(migrations)], faults)


def _is_sql(path: Path) -> bool:
    # Hidden ones are an editor's, or the machinery of a mounted ConfigMap.
    return path.suffix.lower() == ".sql" and not path.name.startswith(".")


def _load(path: Path) -> Migration | str:
    """The migration, or what is wrong with the file."""
    match = _NAME.fullmatch(path.name)
    if path.stem.lower().endswith(".down"):
        return "undoes a migration, and migrations go forward only. Move it elsewhere; write a new file to undo one."
    if match is None:
        return (
            "bad name. Call it NNN_what_it_does.sql, for example 007_orders.sql: "
            "up to 18 digits, then letters from a to z, digits, _ or -."
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return f"cannot be read: {error.strerror}. Mend it, or move it elsewhere."
    except UnicodeDecodeError as error:
        return f"is not UTF-8: {error.reason} at byte {error.start}. Save it as UTF-8."
    if "\0" in text:
        return f"holds a NUL character in line {text.count(chr(10), 0, text.index(chr(0))) + 1}. Save it as UTF-8."
    return Migration(int(match["version"]), path.name, text)
