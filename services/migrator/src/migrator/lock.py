"""One migrator at a time for each database."""

from __future__ import annotations

import asyncio
import logging

from asyncpg import Connection, Record

from migrator.errors import LockNotObtained

LOCK_KEY = int.from_bytes(b"orderly", "big")
POLL_INTERVAL = 0.2  # seconds

log = logging.getLogger(__name__)


async def obtain(connection: Connection[Record], wait_seconds: float) -> None:
    """Holds it until the connection ends. Raises LockNotObtained, with the holder's name, after the wait.

    It polls: a session that waits inside pg_advisory_lock() holds a snapshot, and a CREATE INDEX CONCURRENTLY of the
    migrator that it waits for would wait for it in turn.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_seconds
    said = False
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY):
        if loop.time() >= deadline:
            raise LockNotObtained(
                f"Another migrator held the lock for {wait_seconds:g} s: {await _holder(connection)}. "
                "Let it finish, or end it, then run this one again."
            )
        if not said:
            log.info("waiting for another migrator", extra={"holder": await _holder(connection)})
            said = True
        await asyncio.sleep(POLL_INTERVAL)


async def confirm(connection: Connection[Record]) -> None:
    """Takes it back where a file has released it. Raises LockNotObtained when another migrator was quicker."""
    if not await connection.fetchval("SELECT pg_catalog.pg_try_advisory_lock($1)", LOCK_KEY):
        raise LockNotObtained(await lost_to(connection))


async def lost_to(connection: Connection[Record]) -> str:
    """What to say when another migrator has the lock that was held."""
    return (
        f"The lock was lost to another migrator: {await _holder(connection)}. Does a file call "
        "pg_advisory_unlock_all(), or does a pooler exchange the sessions? Connect to the server itself; run again."
    )


async def release(connection: Connection[Record]) -> None:
    await connection.execute("SELECT pg_advisory_unlock_all()")


async def _holder(connection: Connection[Record]) -> str:
    row = await connection.fetchrow(
        """
        SELECT pid, application_name, client_addr, backend_start
        FROM pg_catalog.pg_locks
        JOIN pg_catalog.pg_stat_activity USING (pid)
        WHERE locktype = 'advisory'
          AND granted
          AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
          AND classid = ($1::bigint >> 32)::oid
          AND objid = ($1::bigint & 4294967295)::oid
          AND objsubid = 1
        """,
        LOCK_KEY,
    )
    if row is None:
        return "a session that has just ended"
    if row["backend_start"] is None:
        return f"process {row['pid']} of another role"
    origin = f"{row['application_name']} from {row['client_addr'] or 'this machine'}"
    return f"process {row['pid']} ({origin}, since {row['backend_start']:%Y-%m-%d %H:%M:%S} UTC)"
