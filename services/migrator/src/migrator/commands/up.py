"""Applies what is pending."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from asyncpg import Connection, Record

from migrator import history
from migrator.config import Config
from migrator.database import locked
from migrator.discovery import Migration, discover
from migrator.history import Recorded
from migrator.ledger import Ledger

log = logging.getLogger(__name__)


async def up(config: Config, *, to: int | None = None, allow_out_of_order: bool = False) -> None:
    """In order, and stops at the first failure."""
    files = discover(config.migrations_dir)
    history.check_target(files, to)
    async with locked(config) as connection:
        ledger = Ledger(connection, config.migrations_table)
        await ledger.create()
        recorded = await ledger.read()
        pending = history.pending(files, recorded, allow_out_of_order=allow_out_of_order)
        chosen = [migration for migration in pending if to is None or migration.version <= to]
        if chosen:
            await _apply(config, connection, ledger, chosen, recorded)
    applied = [entry.version for entry in recorded if entry.applied_at] + [migration.version for migration in chosen]
    fields = {"version": max(applied, default=0), "applied": len(chosen)}
    if left := len(pending) - len(chosen):
        log.info("stopped where it was told", extra={**fields, "pending": left})
    else:
        log.info("schema is up to date", extra=fields)


async def _apply(
    config: Config,
    connection: Connection[Record],
    ledger: Ledger,
    pending: Sequence[Migration],
    recorded: Sequence[Recorded],
) -> None:
    # The grammar is a large library, and most runs have nothing to apply.
    from migrator import stepwise, transactional
    from migrator.progress import Progress
    from migrator.retrying import until_free
    from migrator.steps import steps

    todo = steps(pending, recorded)
    for number, step in enumerate(todo, 1):
        script, name = step.script, step.script.migration.name
        progress = Progress(name, len(script.statements), f"{number}/{len(todo)}")
        try:
            async with progress.shown():
                if script.directives.transaction:
                    apply = partial(transactional.apply, connection, ledger, script, progress)
                    apply = partial(apply, fresh=not recorded, last=number == len(todo))
                    await until_free(apply, config.lock_retry_seconds, name)
                else:
                    await stepwise.apply(connection, ledger, step, progress, config.lock_retry_seconds)
        except asyncio.CancelledError:
            log.warning(_stopped(script.directives.transaction), extra={"file": name, "statement": progress.statement})
            raise
        log.info("applied", extra={"file": name, "ms": round(progress.seconds * 1000), "done": progress.count})


def _stopped(in_transaction: bool) -> str:
    if in_transaction:
        return "stopped; the file in progress was rolled back"
    return "stopped; what is done of the file stays done, and the next run goes on"
