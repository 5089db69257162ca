"""Where in a file something is, as a person looks for it."""

from __future__ import annotations

import unicodedata

from migrator.discovery import Migration

WIDTH = 120  # columns; a longer line is shown in part
INDENT = "    "


def pointer(migration: Migration, offset: int, message: str) -> str:
    """`001_users.sql:3:15: message` above the line itself, with a caret under the place; counted in characters."""
    start = migration.text.rfind("\n", 0, offset) + 1
    end = migration.text.find("\n", offset)
    line = migration.text[start : end if end >= 0 else None].removesuffix("\r")
    number = migration.text.count("\n", 0, offset) + 1
    shown, margin = _window(line, offset - start)
    return f"{migration.name}:{number}:{offset - start + 1}: {message}\n{INDENT}{shown}\n{INDENT}{margin}^"


def _window(line: str, column: int) -> tuple[str, str]:
    """What is shown of the line, and blanks as wide as what stands there before the column."""
    first = max(0, min(column - WIDTH * 2 // 3, len(line) - WIDTH))
    before = ("…" if first else "") + "".join(map(_printable, line[first:column]))
    after = "".join(map(_printable, line[column : first + WIDTH])) + ("…" if len(line) > first + WIDTH else "")
    margin = "".join("\t" if character == "\t" else " " * _width(character) for character in before)
    return before + after, margin


def _printable(character: str) -> str:
    """No character of a file may steer the terminal."""
    if character == "\t" or unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp"):
        return character
    return chr(0x2400 + ord(character)) if ord(character) < 0x20 else "\N{REPLACEMENT CHARACTER}"


def _width(character: str) -> int:
    """Columns on a terminal."""
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
