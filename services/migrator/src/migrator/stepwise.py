"""A no-transaction file: statement by statement, so that the next run goes on where one stopped."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import asyncpg
from asyncpg import Connection, PostgresError, Record

from migrator import concurrent
from migrator.database import LOST
from migrator.discovery import checksum
from migrator.errors import MigrationFailed
from migrator.failure import failed
from migrator.ledger import Ledger
from migrator.lock import confirm
from migrator.progress import Progress
from migrator.retrying import until_free
from migrator.statements import Kind, Statement
from migrator.steps import Step
from migrator.transactional import RESET_SESSION, RESET_SETTINGS, RUN_DEFERRED, timeouts

#: Whatever the file made of its session, the record is written as the migrator; until the transaction ends.
_AS_MIGRATOR = "SET LOCAL session_authorization TO DEFAULT; SET LOCAL role TO DEFAULT"

log = logging.getLogger(__name__)


async def apply(
    connection: Connection[Record], ledger: Ledger, step: Step, progress: Progress, retry_seconds: float
) -> None:
    """Raises MigrationFailed; what is done by then stays done and recorded."""
    run = _Run(connection, ledger, step)
    await run.start()
    for statement in step.script.statements[step.done :]:
        progress.statement = run.done + 1
        attempt = partial(run.statement, statement)
        if statement.kind is Kind.PROCEDURE:  # may have committed a part of its work before it met somebody
            await attempt()
        else:
            await until_free(attempt, retry_seconds, step.script.migration.name)
    await run.finish()


class _Run:
    def __init__(self, connection: Connection[Record], ledger: Ledger, step: Step) -> None:
        self._connection = connection
        self._ledger = ledger
        self._step = step
        self._script = step.script
        self._migration = step.script.migration
        self._checksums = step.script.checksums()
        #: Statements done and recorded.
        self.done = step.done

    async def start(self) -> None:
        if not self._step.resumed:
            await self._ledger.begin(self._migration, self._checksums[0])
        for setting in timeouts(self._script.directives, "SET"):
            await self._connection.execute(setting)
        for statement in self._script.statements[: self.done]:
            if statement.kind is Kind.SETTING:  # the new session does not know it
                await self._connection.execute(statement.sql)

    async def finish(self) -> None:
        async with self._as_migrator():
            await self._ledger.finish(self._migration)
        await self._connection.execute("; ".join((*RESET_SETTINGS, *RESET_SESSION)))

    async def statement(self, statement: Statement) -> None:
        """Raises MigrationFailed, and LockNotObtained where an earlier one released the lock."""
        started = time.perf_counter()
        await confirm(self._connection)
        try:
            if not self._may_share_transaction(statement) or not await self._with_record(statement, started):
                await self._outside(statement, started)
        except LOST:
            raise
        except PostgresError as error:
            raise failed(self._script, statement, error, self._outcome(statement)) from None

    def _may_share_transaction(self, statement: Statement) -> bool:
        return statement.kind in (Kind.ORDINARY, Kind.SETTING) and not self._was_cut_off(statement)

    def _was_cut_off(self, statement: Statement) -> bool:
        return self.done == self._step.done and self._step.running == checksum(statement.sql)

    async def _with_record(self, statement: Statement, started: float) -> bool:
        """The statement and the record of it, both or neither; False where PostgreSQL wants it outside."""
        try:
            async with self._connection.transaction(isolation="read_committed"):
                await self._connection.execute(statement.sql)
                await self._connection.execute(f"{RUN_DEFERRED}; {_AS_MIGRATOR}")
                await self._record(started)
        except asyncpg.ActiveSQLTransactionError:
            return False
        self.done += 1
        return True

    async def _outside(self, statement: Statement, started: float) -> None:
        if self._was_cut_off(statement) and await concurrent.is_done(self._connection, statement):
            log.info("a statement that was cut off had been done", extra={"file": self._migration.name})
        else:
            await self._run_outside(statement)
        async with self._as_migrator():
            await self._record(started)
        self.done += 1

    async def _run_outside(self, statement: Statement) -> None:
        await concurrent.clear_up(self._connection, statement)
        sql = await concurrent.what_is_left(self._connection, statement)
        # Where it is as the statement wants it already, a run that is cut off must not be taken for the reason.
        if not await concurrent.is_done(self._connection, statement):
            async with self._as_migrator():
                await self._ledger.start_statement(self._migration.version, checksum(statement.sql))
        try:
            async with self._patience(statement):
                await self._connection.execute(sql)
        except PostgresError as error:
            if not isinstance(error, LOST):
                await self._leave(statement)
            raise

    async def _leave(self, statement: Statement) -> None:
        """After a failure, as if the statement had not been tried."""
        async with self._as_migrator():
            await self._ledger.fail_statement(self._migration.version)
        try:
            await concurrent.clear_up(self._connection, statement)
        except (PostgresError, MigrationFailed) as error:
            log.warning("an INVALID index is left; the next run drops it", extra={"reason": str(error)})

    async def _record(self, started: float) -> None:
        done = self.done + 1
        duration = timedelta(seconds=time.perf_counter() - started)
        await self._ledger.finish_statement(self._migration.version, done, duration, self._checksums[done])

    @asynccontextmanager
    async def _as_migrator(self) -> AsyncIterator[None]:
        async with self._connection.transaction(isolation="read_committed"):
            await self._connection.execute(_AS_MIGRATOR)
            yield

    @asynccontextmanager
    async def _patience(self, statement: Statement) -> AsyncIterator[None]:
        """Nobody waits behind a CONCURRENTLY, so it may wait, unless the file says how long."""
        query = "SELECT source <> 'session' FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'"
        patient = statement.kind is Kind.CONCURRENT and await self._connection.fetchval(query)
        if patient:
            await self._connection.execute("SET lock_timeout = 0")
        try:
            yield
        finally:
            if patient and not self._connection.is_closed():
                await self._connection.execute("RESET lock_timeout")

    def _outcome(self, statement: Statement) -> str:
        before = f"The {self.done} before it stay done" if self.done else "Nothing of the file is done"
        if statement.kind is Kind.PROCEDURE:
            before = f"What it committed itself stays. {before}"
        return f"{before}; the next run goes on with this one. Mend it and run again."
