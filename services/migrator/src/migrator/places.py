"""Where in a file something is, as a person looks for it."""

from __future__ import annotations

import unicodedata

from migrator.discovery import Migration

#: Columns of a line that are shown, and of these before the place; all of it fits a terminal of 80.
WIDTH, BEFORE = 74, 50
TAB = 8  # columns at the most
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
    before, after = line[:column], line[column:]
    if _columns(line) > WIDTH:
        before = _cut(before[::-1], max(BEFORE, WIDTH - _columns(after)))[::-1]
        after = _cut(after, max(WIDTH - BEFORE, WIDTH - _columns(before)))
    before, after = "".join(map(_printable, before)), "".join(map(_printable, after))
    margin = "".join("\t" if character == "\t" else " " * _width(character) for character in before)
    return before + after, margin


def _cut(text: str, columns: int) -> str:
    """As much of its beginning as has room, with an ellipsis for the rest."""
    room = columns
    for index, character in enumerate(text):
        room -= _width(character)
        if room < 0:
            return text[:index] + "…"
    return text


def _columns(text: str) -> int:
    return sum(map(_width, text))


def _printable(character: str) -> str:
    """No character of a file may steer the terminal."""
    if character == "\t" or unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp"):
        return character
    return chr(0x2400 + ord(character)) if ord(character) < 0x20 else "\N{REPLACEMENT CHARACTER}"


def _width(character: str) -> int:
    """Columns on a terminal."""
    if character == "\t":
        return TAB
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
