"""The text of a migration as statements, by PostgreSQL's own grammar; no database needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

from pglast.parser import ParseError, Token, scan, split

from migrator import directives, statements
from migrator.directives import BadDirective, Directives
from migrator.discovery import Migration, checksum
from migrator.errors import MigrationFailed
from migrator.places import pointer
from migrator.statements import Statement, Unusable

_COMMENTS = ("SQL_COMMENT", "C_COMMENT")
_SEMICOLON = "ASCII_59"
_MENTIONS_DIRECTIVE = re.compile(r"--\s*(migrate:|\+(goose|migrate)\s)", re.IGNORECASE)
#: Settings that the end of a file cannot take back: for new sessions, and of names that the server does not know.
_LASTING_SETTING = re.compile(
    r"\balter\s+(database|role|user)\b|\bset\s+(session\s+)?\w+\.\w|\bset_config\s*\(\s*'[^']*\.", re.IGNORECASE
)
_PSQL_COMMAND = re.compile(r"\\\S*")


@dataclass(frozen=True, slots=True)
class Script:
    """A migration, ready to run."""

    migration: Migration
    directives: Directives
    statements: list[Statement]

    @property
    def changes_sessions(self) -> bool:
        """Whether the next file may find another session after it than a new one."""
        return _LASTING_SETTING.search(self.migration.text) is not None

    def checksum_of_first(self, count: int) -> str:
        """Of what has run when that many statements are done; comments do not count."""
        return checksum("\0".join(statement.sql for statement in self.statements[:count]))


def parse(migration: Migration) -> Script:
    """Raises MigrationFailed for a syntax error, and for what cannot stand in a migration."""
    text = migration.text
    try:
        # Slices, as asked for; the stub leaves it open.
        parts = cast(tuple[slice, ...], split(text, only_slices=True))
    except ParseError as error:
        raise _refused(migration, *_syntax_error(text, error)) from None
    spans = [(_first_word(text, part), part.stop) for part in parts]
    chosen = _directives(migration, spans[0][0] if spans else len(text))
    found = []
    for start, stop in spans:
        try:
            found.append(statements.read(text[start:stop], start, chosen))
        except Unusable as problem:
            raise _refused(migration, start, str(problem)) from None
    return Script(migration, chosen, found)


def parse_all(migrations: Sequence[Migration]) -> list[Script]:
    """Raises MigrationFailed with the fault of each file that has one."""
    scripts, faults = [], []
    for migration in migrations:
        try:
            scripts.append(parse(migration))
        except MigrationFailed as fault:
            faults.append(str(fault))
    if faults:
        raise MigrationFailed("\n".join(faults))
    return scripts


def _refused(migration: Migration, offset: int, message: str) -> MigrationFailed:
    return MigrationFailed(pointer(migration, offset, message))


def _first_word(text: str, part: slice) -> int:
    """Where the statement begins, below the comments above it, so that an error points at its first word."""
    if not text.startswith(("--", "/*"), part.start):
        return cast(int, part.start)
    words = (token for token in scan(text[part]) if token.name not in _COMMENTS)
    return cast(int, part.start) + next(words).start


def _directives(migration: Migration, first_statement: int) -> Directives:
    chosen = Directives()
    if not _MENTIONS_DIRECTIVE.search(migration.text):
        return chosen
    for token in scan(migration.text):
        comment = migration.text[token.start : token.end + 1].rstrip()
        if token.name != "SQL_COMMENT" or not directives.is_directive(comment):
            continue
        try:
            chosen = directives.add(chosen, comment)
            if token.start > first_statement:
                raise BadDirective("a directive stands above the first statement: move it there")
        except BadDirective as problem:
            raise _refused(migration, token.start, str(problem)) from None
    return chosen


def _syntax_error(text: str, error: ParseError) -> tuple[int, str]:
    """The place and what to say."""
    message, *place = error.args
    if not place or place[0] is None:
        end = len(text.rstrip())
        begun = text.count("\n", 0, _unfinished(text)) + 1
        return end, f"{message}; the statement that begins in line {begun} is not finished"
    offset: int = place[0]
    if command := _PSQL_COMMAND.match(text, offset):
        return offset, _psql_command(command[0])
    if _copies(text[:offset]):
        return offset, f"{message}. This is data for COPY: {statements.COPY_ADVICE}"
    return offset, message


def _psql_command(command: str) -> str:
    if command in ("\\restrict", "\\unrestrict"):
        return f"{command} is a guard that pg_dump writes for psql: remove both of its lines"
    return f"{command} is a command of psql, not SQL: write what it does as SQL, or remove it"


def _unfinished(text: str) -> int:
    """Where the last statement begins, which lacks its end."""
    start = 0
    for token in reversed(_words(text)):
        if token.name == _SEMICOLON:
            break
        start = token.start
    return start


def _copies(before: str) -> bool:
    """Whether the last statement reads rows that follow it, as only psql can."""
    words = [before[token.start : token.end + 1].lower() for token in _words(before)]
    if not words or words.pop() != ";":
        return False
    last = words[len(words) - words[::-1].index(";") :] if ";" in words else words
    return last[:1] == ["copy"] and ("from", "stdin") in pairwise(last)


def _words(text: str) -> list[Token]:
    try:
        return [token for token in scan(text) if token.name not in _COMMENTS]
    except ParseError:
        return []
