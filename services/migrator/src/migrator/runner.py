"""Applies what is pending, a transaction a file."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

import asyncpg
from asyncpg import Connection, Record

from migrator import history
from migrator.config import Config
from migrator.database import LOST, connect
from migrator.discovery import Migration, discover
from migrator.errors import MigrationFailed
from migrator.ledger import Ledger
from migrator.lock import migration_lock

log = logging.getLogger(__name__)


async def up(config: Config) -> None:
    """Applies every pending migration in order and stops at the first failure, which leaves nothing of its file."""
    migrations = discover(config.migrations_dir)
    connection = await connect(config)
    try:
        async with migration_lock(connection, config.lock_wait_seconds):
            ledger = Ledger(connection)
            await ledger.create()
            pending = history.pending(migrations, await ledger.applied())
            for migration in pending:
                await _apply(connection, ledger, migration)
    finally:
        await connection.close(timeout=5)
    newest = migrations[-1].version if migrations else 0
    log.info("schema is up to date", extra={"version": newest, "applied": len(pending)})


async def _apply(connection: Connection[Record], ledger: Ledger, migration: Migration) -> None:
    from migrator import parsing  # the grammar is a large library, and most runs have nothing to apply

    statements = parsing.statements(migration)
    started = time.perf_counter()
    running = statements[0] if statements else None
    try:
        async with connection.transaction():
            for running in statements:
                await connection.execute(running.sql)
            # Whatever the file set ends with it, and the record is written as the migrator.
            await connection.execute("RESET ALL; RESET SESSION AUTHORIZATION")
            duration = timedelta(seconds=time.perf_counter() - started)
            await ledger.record(migration, duration)
    except LOST:
        raise
    except asyncpg.PostgresError as error:
        place = running.offset if running else 0
        place += int(error.position) - 1 if error.position else 0
        raise MigrationFailed(f"{parsing.pointer(migration, place, _explain(error))}\n{_NOTHING_LEFT}") from None
    log.info("applied", extra={"file": migration.name, "ms": round(duration.total_seconds() * 1000)})


_NOTHING_LEFT = "The file was rolled back and nothing recorded; earlier files stay applied. Mend it and run again."


def _explain(error: asyncpg.PostgresError) -> str:
    parts = [f"{error} (SQLSTATE {error.sqlstate})"]
    parts += [f"{label}: {text}" for label, text in (("detail", error.detail), ("hint", error.hint)) if text]
    return "; ".join(parts)
