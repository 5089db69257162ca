"""The text of a migration as statements; no database needed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pglast.parser import ParseError

from migrator import directives, grammar, statements
from migrator.directives import BadDirective, Directives
from migrator.discovery import Migration, checksum
from migrator.errors import MigrationFailed
from migrator.places import pointer
from migrator.statements import Statement, Unusable

_MENTIONS_DIRECTIVE = re.compile(r"--\s*(migrate:|\+(goose|migrate)\s)", re.IGNORECASE)
#: Settings that the end of a file cannot take back: for new sessions, and of names that the server does not know.
_LASTING_SETTING = re.compile(
    r"\balter\s+(database|role|user)\b|\bset\s+(session\s+)?\w+\.\w|\bset_config\s*\(\s*'[^']*\.", re.IGNORECASE
)
_TO_THE_END = re.compile(r" at or near .*\n.*", re.DOTALL)
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

    def checksums(self) -> list[str]:
        """Of what has run when none is done, one, two, and so on; comments between them do not count."""
        so_far = hashlib.sha256()
        found = [so_far.hexdigest()]
        for statement in self.statements:
            so_far.update(checksum(statement.sql).encode())
            found.append(so_far.copy().hexdigest())
        return found


def parse(migration: Migration) -> Script:
    """Raises MigrationFailed for a syntax error, and for what cannot stand in a migration."""
    text = migration.text
    try:
        parts = grammar.split(text)
    except ParseError as error:
        raise _refused(migration, *_syntax_error(text, error)) from None
    chosen = _directives(migration, parts[0].start if parts else len(text))
    found = []
    for part in parts:
        try:
            found.append(statements.read(text[part], part.start, chosen))
        except Unusable as problem:
            raise _refused(migration, part.start, str(problem)) from None
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


def _directives(migration: Migration, first_statement: int) -> Directives:
    chosen = Directives()
    if not _MENTIONS_DIRECTIVE.search(migration.text):
        return chosen
    for token in grammar.tokens(migration.text):
        comment = migration.text[token.start : token.end + 1].rstrip()
        if token.name != grammar.COMMENT or not directives.is_directive(comment):
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
    message, *places = error.args
    # What is not closed runs to the end of the file; the caret shows where it begins.
    message = _TO_THE_END.sub("", message)
    offset: int | None = places[0] if places else None
    if offset is None and not message.endswith("at end of input"):
        return _first_refused(text), message
    if offset is None:
        begun = text.count("\n", 0, _unfinished(text)) + 1
        return grammar.end(text), f"{message}; the statement that begins in line {begun} is not finished"
    if _copies(text[:offset]):
        return offset, f"{message}. This is data for COPY: {statements.COPY_ADVICE}"
    if message.endswith('at or near "\\"') and (command := _PSQL_COMMAND.match(text, offset)):
        return offset, _psql_command(command[0])
    if odd := next(filter(_only_looks_blank, message), None):
        return offset, f"{message}; it holds U+{ord(odd):04X}, which is no blank to PostgreSQL"
    return offset, message


def _only_looks_blank(character: str) -> bool:
    return not character.isascii() and (character.isspace() or unicodedata.category(character) == "Cf")


def _psql_command(command: str) -> str:
    if command in ("\\restrict", "\\unrestrict"):
        return f"{command} is a guard that pg_dump writes for psql: remove both of its lines"
    return f"{command} is a command of psql, not SQL: write what it does as SQL, or remove it"


def _unfinished(text: str) -> int:
    """Where the last statement begins, which lacks its end."""
    start = 0
    for token in reversed(grammar.words(text)):
        if token.name != grammar.SEMICOLON:
            start = token.start
        elif _is_whole(text[: token.start]):
            break
    return start


def _first_refused(text: str) -> int:
    """Where the statement begins that the grammar refuses without a place."""
    start = 0
    for token in grammar.words(text):
        if token.name == grammar.SEMICOLON and _is_whole(text[: token.start]):
            start = token.end + 1
    following = grammar.words(text[start:])
    return start + (following[0].start if following else 0)


def _is_whole(text: str) -> bool:
    """Whether the last semicolon ends a statement, and is none within a body."""
    try:
        grammar.split(text)
    except ParseError:
        return False
    return True


def _copies(before: str) -> bool:
    """Whether the last statement reads rows that follow it, as only psql can."""
    words = [before[token.start : token.end + 1].lower() for token in grammar.words(before)]
    if not words or words.pop() != ";":
        return False
    last = words[len(words) - words[::-1].index(";") :] if ";" in words else words
    return last[:1] == ["copy"] and ("from", "stdin") in pairwise(last)
