"""A file in one transaction, with its record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncpg import Connection, PostgresError, PostgresLogMessage, Record, UniqueViolationError

from migrator.database import LOST, pass_on, reason
from migrator.directives import Directives
from migrator.errors import DatabaseUnreachable, HistoryError, LockNotObtained, MigrationFailed
from migrator.failure import failed
from migrator.ledger import Ledger
from migrator.lock import lost_to
from migrator.parsing import Script
from migrator.progress import Progress

#: What was deferred to the end of the file, its triggers among them, runs with the file's own settings and role.
RUN_DEFERRED = "SET CONSTRAINTS ALL IMMEDIATE"
#: They end with the file, so that the record is written as the migrator.
RESET_SETTINGS = ("RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL")
#: What else a session keeps, but for its locks; after the end of the transaction.
RESET_SESSION = ("CLOSE ALL", "UNLISTEN *", "DEALLOCATE ALL", "DISCARD TEMP", "DISCARD SEQUENCES")

_ROLLBACK = "; ".join(("ROLLBACK", *RESET_SESSION))
#: What the statements that begin and end a file's transaction answer.
_CLAIMED, _COMPLETED = "INSERT 0 1", "UPDATE 1"
_OUTCOME = "It was rolled back, and nothing recorded; earlier files stay applied. Mend it and run again."


async def apply(
    connection: Connection[Record], ledger: Ledger, script: Script, progress: Progress, *, fresh: bool, last: bool
) -> None:
    """All of it with its record, or nothing. Raises MigrationFailed.

    On a fresh database, where a file takes no time, it is sent as one message, several times as fast; should it fail,
    it is run again statement by statement, to find the place.
    """
    progress.committing = False  # of an earlier try
    attempt = _Attempt(connection, ledger, script, progress, last)
    if not (fresh and await attempt.at_once()):
        await attempt.one_by_one()


class _Attempt:
    def __init__(
        self, connection: Connection[Record], ledger: Ledger, script: Script, progress: Progress, last: bool
    ) -> None:
        self._connection = connection
        self._ledger = ledger
        self._script = script
        self._progress = progress
        self._migration = script.migration
        begin = "BEGIN ISOLATION LEVEL READ COMMITTED"
        self._begin = _joined(begin, *timeouts(script.directives, "SET LOCAL"), ledger.claim(script.migration))
        # Only the last file of a run waits until it is safe on disk, and all before it are then: a server that dies
        # in between forgets the newest files together with their records.
        settings = RESET_SETTINGS if last else (*RESET_SETTINGS, "SET LOCAL synchronous_commit TO off")
        complete = ledger.complete(script.migration.version, len(script.statements))
        self._complete = _joined(RUN_DEFERRED, *settings, complete)

    async def at_once(self) -> bool:
        """False when it was rolled back, for whatever reason; then nothing was told either."""
        statements = [statement.sql for statement in self._script.statements]
        try:
            async with _held_back(self._connection):
                answer = await self._connection.execute(_joined(self._begin, *statements, self._complete))
                if answer != _COMPLETED:
                    raise _NotWhole
        except (_NotWhole, PostgresError) as error:
            if isinstance(error, LOST):
                raise
            await self._roll_back()
            return False
        except asyncio.CancelledError:
            if not self._connection.is_closed():
                await self._connection.execute(_ROLLBACK)
            raise
        await self._commit()
        return True

    async def one_by_one(self) -> None:
        """Raises MigrationFailed, LockNotObtained, and HistoryError where somebody else has just applied the file."""
        try:
            await self._claim()
            await run_statements(self._connection, self._script, self._progress, _OUTCOME)
            if await self._end(self._complete) != _COMPLETED:
                raise self._ended_itself()
        except MigrationFailed:
            await self._roll_back()
            raise
        except BaseException:
            if not self._connection.is_closed():
                await self._connection.execute(_ROLLBACK)
            raise
        await self._commit()

    async def _claim(self) -> None:
        name = self._migration.name
        try:
            async with self._ledger.explaining():
                answer = await self._connection.execute(self._begin)
        except UniqueViolationError:
            raise HistoryError(
                [f"{name}: another migrator has just applied it. Only one may run; run again."]
            ) from None
        if answer != _CLAIMED:
            raise LockNotObtained(await lost_to(self._connection))

    async def _roll_back(self) -> None:
        """Raises MigrationFailed where a part was committed."""
        await self._connection.execute(_ROLLBACK)
        if await self._ledger.withdraw(self._migration.version):
            raise self._ended_itself() from None

    def _ended_itself(self) -> MigrationFailed:
        return MigrationFailed(
            f"{self._migration.name}: ended its own transaction, so a part of it may be committed, and it is not "
            "recorded. Look what is there, remove what ends the transaction, and run again."
        )

    async def _commit(self) -> None:
        self._progress.committing = True
        try:
            await self._end(_joined("COMMIT", *RESET_SESSION))
        except LOST as error:
            raise DatabaseUnreachable(
                f"The connection to the database was lost: {reason(error)}. Whether {self._migration.name} was "
                "committed before is not known here; run again, which finds out."
            ) from None

    async def _end(self, statements: str) -> str:
        try:
            return await self._connection.execute(statements)
        except LOST:
            raise
        except PostgresError as error:
            raise failed(self._script, None, error, _OUTCOME) from None


class _NotWhole(Exception):
    """The file's transaction is not that of its claim any more."""


@asynccontextmanager
async def _held_back(connection: Connection[Record]) -> AsyncIterator[None]:
    """What the database tells meanwhile is passed on at the end, unless it fails."""
    told: list[PostgresLogMessage] = []

    def hold(_: object, message: PostgresLogMessage) -> None:
        told.append(message)

    connection.remove_log_listener(pass_on)
    connection.add_log_listener(hold)
    try:
        yield
    finally:
        connection.remove_log_listener(hold)
        connection.add_log_listener(pass_on)
    for message in told:
        pass_on(connection, message)


def _joined(*statements: str) -> str:
    # The semicolon stands in a line of its own, since a statement may end with a comment.
    return "\n;\n".join(statements)


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
