"""Applies what is pending."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from asyncpg import Connection, Record

from migrator import history
from migrator.config import Config
from migrator.database import locked
from migrator.discovery import Migration, discover
from migrator.history import Recorded
from migrator.ledger import Ledger
from migrator.progress import Progress

if TYPE_CHECKING:
    from migrator.parsing import Script

log = logging.getLogger(__name__)


async def up(config: Config, *, to: int | None = None, allow_out_of_order: bool = False) -> None:
    """In order, and stops at the first failure."""
    files = discover(config.migrations_dir)
    history.check_target(files, to)
    applied = 0
    finished = False
    while not finished:
        async with locked(config) as connection:
            ledger = Ledger(connection, config.migrations_table)
            await ledger.extend()
            recorded = await ledger.read()
            pending = history.pending(files, recorded, to=to, allow_out_of_order=allow_out_of_order)
            done = await _apply(config, connection, ledger, pending, recorded, applied) if pending else 0
        applied += done
        finished = done == len(pending)
    at = max([entry.version for entry in recorded] + [migration.version for migration in pending], default=0)
    left = len(history.pending(files, recorded, allow_out_of_order=allow_out_of_order)) - len(pending)
    if left:
        log.info("stopped where it was told", extra={"version": at, "applied": applied, "pending": left})
    else:
        log.info("schema is up to date", extra={"version": at, "applied": applied})


async def _apply(
    config: Config,
    connection: Connection[Record],
    ledger: Ledger,
    pending: Sequence[Migration],
    recorded: Sequence[Recorded],
    before: int,
) -> int:
    """How many files; not all where the next one needs a new session. So many were applied `before` in this run."""
    # The grammar is a large library, and most runs have nothing to apply.
    from migrator import stepwise, transactional
    from migrator.retrying import until_free
    from migrator.steps import steps

    todo = steps(pending, recorded)
    await ledger.create()
    for number, step in enumerate(todo, 1):
        script, name = step.script, step.script.migration.name
        last = number == len(todo) or script.changes_sessions
        progress = Progress(name, len(script.statements), f"{before + number}/{before + len(todo)}")
        try:
            async with progress.shown():
                if script.directives.transaction:
                    apply = partial(transactional.apply, connection, ledger, script, progress)
                    attempt = partial(apply, fresh=not recorded, last=last)
                    await until_free(attempt, config.lock_retry_seconds, name)
                else:
                    await stepwise.apply(connection, ledger, step, progress, config.lock_retry_seconds)
        except asyncio.CancelledError:
            log.warning(_stopped(progress, script), extra={"file": name, "statement": progress.statement})
            raise
        log.info("applied", extra={"file": name, "ms": round(progress.seconds * 1000), "done": progress.count})
        if script.changes_sessions:
            return number
    return len(todo)


def _stopped(progress: Progress, script: Script) -> str:
    if progress.committing:
        return "stopped; whether the file in progress was committed before is not known, the next run finds out"
    if script.directives.transaction:
        return "stopped; the file in progress was rolled back"
    return "stopped; what is done of the file stays done, and the next run goes on"
