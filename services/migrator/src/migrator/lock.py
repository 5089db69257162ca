"""One migrator at a time for each database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncpg import Connection, Record

from migrator.errors import LockNotObtained

LOCK_KEY = int.from_bytes(b"orderly", "big")
POLL_INTERVAL = 0.2  # seconds

log = logging.getLogger(__name__)


@asynccontextmanager
async def migration_lock(connection: Connection[Record], wait_seconds: float) -> AsyncIterator[None]:
    """Raises LockNotObtained, with the holder's name, after the wait.

    It polls: a session that waits inside pg_advisory_lock() holds a snapshot, and a CREATE INDEX CONCURRENTLY of the
    migrator that it waits for would wait for it in turn.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_seconds
    said = False
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY):
        if loop.time() >= deadline:
            raise LockNotObtained(
                f"Another migrator holds the lock since more than {wait_seconds:g} s: {await _holder(connection)}. "
                "Let it finish, or end it, then run this one again."
            )
        if not said:
            log.info("waiting for another migrator", extra={"holder": await _holder(connection)})
            said = True
        await asyncio.sleep(POLL_INTERVAL)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", LOCK_KEY)


async def _holder(connection: Connection[Record]) -> str:
    row = await connection.fetchrow(
        """
        SELECT pid, application_name, client_addr, backend_start
        FROM pg_locks
        JOIN pg_stat_activity USING (pid)
        WHERE locktype = 'advisory'
          AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND classid = ($1::bigint >> 32)::oid
          AND objid = ($1::bigint & 4294967295)::oid
          AND objsubid = 1
        """,
        LOCK_KEY,
    )
    if row is None:
        return "a session that has just ended"
    origin = f"{row['application_name']} from {row['client_addr'] or 'this machine'}"
    return f"process {row['pid']} ({origin}, since {row['backend_start']:%Y-%m-%d %H:%M:%S} UTC)"
