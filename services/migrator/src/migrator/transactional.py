"""A file in one transaction, with its record."""

from __future__ import annotations

import time
from datetime import timedelta

from asyncpg import Connection, PostgresError, Record, UniqueViolationError

from migrator.database import LOST, reason
from migrator.directives import Directives
from migrator.errors import DatabaseUnreachable, HistoryError, LockNotObtained, MigrationFailed
from migrator.failure import failed
from migrator.ledger import Ledger
from migrator.lock import lost_to
from migrator.parsing import Script
from migrator.progress import Progress

#: A file's settings and role end with it, so that the record is written as the migrator.
RESET_SETTINGS = ("RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL")
#: What else a session keeps, but for its locks; after the end of the transaction.
RESET_SESSION = ("CLOSE ALL", "UNLISTEN *", "DEALLOCATE ALL", "DISCARD TEMP", "DISCARD SEQUENCES")

_NEED_NOT_WAIT = "SET LOCAL synchronous_commit TO off"
_OUTCOME = "It was rolled back, and nothing recorded; earlier files stay applied. Mend it and run again."


async def apply(
    connection: Connection[Record], ledger: Ledger, script: Script, progress: Progress, *, last: bool
) -> None:
    """All of it with its record, or nothing. Raises MigrationFailed.

    Only the last of a run waits until it is safe on disk, and all before it are then: a server that dies in between
    forgets the newest files together with their records.
    """
    try:
        await begin(connection, ledger, script)
        started = time.perf_counter()
        await run_statements(connection, script, progress, _OUTCOME)
        settings = RESET_SETTINGS if last else (*RESET_SETTINGS, _NEED_NOT_WAIT)
        duration = timedelta(seconds=time.perf_counter() - started)
        whole = await ledger.complete(script.migration, len(script.statements), duration, settings)
    except BaseException:
        if not connection.is_closed():
            await connection.execute("ROLLBACK")
        raise
    if not whole:
        await connection.execute("ROLLBACK")
        await ledger.forget(script.migration.version)
        raise MigrationFailed(
            f"{script.migration.name}: ended its own transaction, so a part of it may be committed, and it is not "
            "recorded. Look what is there, remove what ends the transaction, and run again."
        )
    await _commit(connection, script)


async def begin(connection: Connection[Record], ledger: Ledger, script: Script) -> None:
    """Raises LockNotObtained, or HistoryError where the file has just been applied by somebody else."""
    try:
        if not await ledger.claim(script.migration, timeouts(script.directives, "SET LOCAL")):
            raise LockNotObtained(await lost_to(connection))
    except UniqueViolationError:
        name = script.migration.name
        raise HistoryError(
            [f"{name}: another migrator has just applied it. Run again; only one may run at a time."]
        ) from None


def timeouts(directives: Directives, command: str) -> list[str]:
    """What the file asks for; the session's own stand otherwise."""
    asked = {"lock_timeout": directives.lock_timeout, "statement_timeout": directives.statement_timeout}
    return [f"{command} {name} = '{value}'" for name, value in asked.items() if value is not None]


async def run_statements(connection: Connection[Record], script: Script, progress: Progress, outcome: str) -> None:
    """One by one, so that each error has its place. Raises MigrationFailed."""
    for number, statement in enumerate(script.statements, 1):
        progress.statement = number
        try:
            await connection.execute(statement.sql)
        except LOST:
            raise
        except PostgresError as error:
            raise failed(script, statement, error, outcome) from None


async def _commit(connection: Connection[Record], script: Script) -> None:
    try:
        await connection.execute("; ".join(("COMMIT", *RESET_SESSION)))
    except LOST as error:
        raise DatabaseUnreachable(
            f"The connection to the database was lost: {reason(error)}. Whether {script.migration.name} was committed "
            "before is not known here; run again, which finds out."
        ) from None
    except PostgresError as error:
        raise failed(script, None, error, _OUTCOME) from None
