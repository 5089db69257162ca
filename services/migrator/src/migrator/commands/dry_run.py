"""Executes what is pending in one transaction, and rolls it back."""

from __future__ import annotations

import logging

from asyncpg import Connection, PostgresError, Record

from migrator import history
from migrator.config import Config
from migrator.database import LOST, locked
from migrator.discovery import discover
from migrator.errors import MigrationFailed
from migrator.failure import failed
from migrator.ledger import Ledger
from migrator.parsing import Script
from migrator.progress import Progress
from migrator.steps import Step, steps
from migrator.transactional import RESET_SESSION, RESET_SETTINGS, RUN_DEFERRED, run_statements, timeouts

_OUTCOME = "All of it was rolled back, and nothing recorded. Mend it and run again."
#: What only a transaction around several files can run into: a new enum value, and pending trigger events.
_OF_THE_DRY_RUN = ("55P04", "55006")

log = logging.getLogger(__name__)


async def dry_run(config: Config, *, to: int | None = None, allow_out_of_order: bool = False) -> None:
    """Raises MigrationFailed as the real run would; what cannot run in a transaction is left out and named."""
    files = discover(config.migrations_dir)
    history.check_target(files, to)
    async with locked(config) as connection:
        transaction = connection.transaction(isolation="read_committed")
        await transaction.start()
        try:
            ledger = Ledger(connection, config.migrations_table)
            await ledger.extend()
            recorded = await ledger.read()
            pending = history.pending(files, recorded, to=to, allow_out_of_order=allow_out_of_order)
            todo = steps(pending, recorded)
            await ledger.create()
            left_out = await _run(connection, ledger, todo)
        finally:
            if not connection.is_closed():
                await transaction.rollback()
    outcome = "what was run can be applied; rolled back" if left_out else "all of it can be applied; rolled back"
    log.info(outcome, extra={"files": len(todo) - len(left_out)})


async def _run(connection: Connection[Record], ledger: Ledger, todo: list[Step]) -> list[str]:
    """The names of the files that were left out."""
    left_out: list[str] = []
    for number, step in enumerate(todo, 1):
        name = step.script.migration.name
        if not step.script.directives.transaction:
            log.warning("left out: it cannot run in a transaction", extra={"file": name})
            left_out.append(name)
            continue
        progress = Progress(name, len(step.script.statements), f"{number}/{len(todo)}")
        async with progress.shown():
            await _run_file(connection, ledger, step.script, progress, left_out)
        log.info("would apply", extra={"file": name, "ms": round(progress.seconds * 1000), "done": progress.count})
    return left_out


async def _run_file(
    connection: Connection[Record], ledger: Ledger, script: Script, progress: Progress, left_out: list[str]
) -> None:
    try:
        for setting in timeouts(script.directives, "SET LOCAL"):
            await connection.execute(setting)
        await run_statements(connection, script, progress, _OUTCOME)
        await _check_deferred(connection, script)
        await connection.execute("; ".join((*RESET_SETTINGS, *RESET_SESSION)))
        await ledger.adopt(script.migration)
    except MigrationFailed as failure:
        raise MigrationFailed("\n".join([str(failure), *_doubts(failure, left_out)])) from None


def _doubts(failure: MigrationFailed, left_out: list[str]) -> list[str]:
    """Reasons why a real run might succeed."""
    doubts = []
    if left_out:
        doubts.append(f"Perhaps it needs what was left out: {', '.join(left_out)}.")
    if failure.sqlstate in _OF_THE_DRY_RUN:
        doubts.append("Perhaps it is the dry run's own trouble: a real run commits each file before the next begins.")
    return doubts


async def _check_deferred(connection: Connection[Record], script: Script) -> None:
    """As the end of the transaction would; afterwards constraints are deferred as before."""
    try:
        await connection.execute(RUN_DEFERRED)
    except LOST:
        raise
    except PostgresError as error:
        raise failed(script, None, error, _OUTCOME) from None
    if names := await connection.fetchval(_DEFERRED):
        await connection.execute(f"SET CONSTRAINTS {names} DEFERRED")


_DEFERRED = """
    SELECT string_agg(name, ', ')
    FROM (
        SELECT format('%I.%I', nspname, conname) AS name
        FROM pg_catalog.pg_constraint
        JOIN pg_catalog.pg_namespace ON pg_namespace.oid = connamespace
        WHERE has_schema_privilege(connamespace, 'USAGE')
        GROUP BY name
        HAVING bool_and(condeferred)
    ) AS deferred
"""
