"""What PostgreSQL said about a statement, at its place in the file."""

from __future__ import annotations

from asyncpg import DuplicatePreparedStatementError, InvalidSQLStatementNameError, PostgresError

from migrator.errors import MigrationFailed
from migrator.parsing import Script
from migrator.places import pointer
from migrator.statements import Statement

_HINTED_BY_DRIVER = (DuplicatePreparedStatementError, InvalidSQLStatementNameError)

_ADVICE = {
    "25001": "It cannot run in a transaction: put -- migrate: no-transaction above the first statement.",
    "55P04": "The new value can be used once it is committed: move what uses it into the next file.",
}


def failed(script: Script, statement: Statement | None, error: PostgresError, outcome: str) -> MigrationFailed:
    """Without a statement it failed behind the last one, when what was deferred was checked."""
    if statement is None:
        place = max((last.offset + len(last.sql) for last in script.statements[-1:]), default=0)
        message = f"{error.args[0]}, when the file was done"
    else:
        place = statement.offset + (int(error.position) - 1 if error.position else 0)
        message = error.args[0]
    lines = [pointer(script.migration, place, f"{message} (SQLSTATE {error.sqlstate})")]
    lines += [f"{label}: {text}" for label, text in _details(error) if text]
    if script.directives.transaction and error.sqlstate in _ADVICE:
        lines.append(_ADVICE[error.sqlstate])
    failure = MigrationFailed("\n".join([*lines, outcome]))
    failure.sqlstate = error.sqlstate
    return failure


def _details(error: PostgresError) -> list[tuple[str, str | None]]:
    return [
        ("DETAIL", error.detail),
        # Of these two errors the driver tells what a pooler may have to do with them.
        ("HINT", None if isinstance(error, _HINTED_BY_DRIVER) else error.hint),
        ("QUERY", error.internal_query),
        ("CONTEXT", error.context),
    ]
