"""The text of a migration as statements, by PostgreSQL's own grammar; no database needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from pglast import ast, parse_sql
from pglast.parser import ParseError, scan, split

from migrator.discovery import Migration
from migrator.errors import MigrationFailed


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    #: Where it starts in the file, in characters.
    offset: int


def statements(migration: Migration) -> list[Statement]:
    """Raises MigrationFailed for a syntax error, and for a statement that cannot stand in a migration."""
    try:
        # Slices, as asked for; the stub leaves it open.
        parts = cast(tuple[slice, ...], split(migration.text, only_slices=True))
        found = [_statement(migration.text, part) for part in parts]
        for statement in found:
            problem = _forbidden(parse_sql(statement.sql)[0].stmt)
            if problem:
                raise MigrationFailed(f"{pointer(migration, statement.offset, problem)}\nNothing of the file was run.")
    except ParseError as error:
        message, *rest = error.args
        offset = rest[0] if rest and rest[0] is not None else len(migration.text)
        raise MigrationFailed(f"{pointer(migration, offset, message)}\nMend the file; nothing of it was run.") from None
    return found


def _forbidden(statement: ast.Node) -> str | None:
    match statement:
        case ast.TransactionStmt():
            return "a migration is one transaction already: remove its own BEGIN, COMMIT or ROLLBACK"
        case ast.CopyStmt(filename=None):
            return "the migrator has no data to copy: write INSERT instead (pg_dump does, with --inserts)"
    return None


def _statement(text: str, part: slice) -> Statement:
    """Begins with its first word, not with the comments above it, so that an error points at the word."""
    words = (token for token in scan(text[part]) if token.name not in ("SQL_COMMENT", "C_COMMENT"))
    start = part.start + next(words).start
    return Statement(text[start : part.stop], start)


def pointer(migration: Migration, offset: int, message: str) -> str:
    """`001_users.sql:3:15: message` above the line itself, with a caret under the place."""
    before = migration.text[:offset]
    line_number = before.count("\n") + 1
    column = offset - (before.rfind("\n") + 1)
    line = migration.text.split("\n")[line_number - 1]
    margin = "".join("\t" if character == "\t" else " " for character in line[:column])
    return f"{migration.name}:{line_number}:{column + 1}: {message}\n    {line}\n    {margin}^"
