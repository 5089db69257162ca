"""Which of the bot's processes are alive, and which one of them leads.

Each has a connection of its own, and on it an advisory lock that says “I live”; the leader's holds another one.
PostgreSQL lets go of both the moment the connection ends, so nobody has to wait for a clock when a process dies.

A connection can also end while its process lives on. So a process is taken for gone only when it has not been seen
for GONE_AFTER either, and it takes itself for gone earlier than that: it does nothing that only one may do unless it
was seen within the last SURE_FOR.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeAlias, TypeVar

from asyncpg import Connection, LockNotAvailableError, Record

from bot.backoff import delay
from bot.errors import ClaimLost, StorageUnavailable
from bot.storage.database import unavailable_when_lost
from bot.storage.inbox import release

HEARTBEAT = timedelta(seconds=1)
SURE_FOR = timedelta(seconds=2.5)
GONE_AFTER = timedelta(seconds=3)
#: Its connection is there, but nothing comes from it.
HUNG_AFTER = timedelta(seconds=10)
#: After a restart of PostgreSQL everybody has lost the connection, and comes back.
GRACE_AFTER_RESTART = timedelta(seconds=5)

CHANNEL = "orderly_membership"

#: The first half of the advisory locks' keys; the second is the replica's id, or 0.
ALIVE = 0x0A11FE
LEADER = 0x1EADE2

T = TypeVar("T")

log = logging.getLogger(__name__)

OpenConnection: TypeAlias = "Callable[[], Awaitable[Connection[Record]]]"


class Membership:
    def __init__(self, open_connection: OpenConnection) -> None:
        self._open = open_connection
        self._connection: Connection[Record] | None = None
        self._using = asyncio.Lock()
        self._commits: set[asyncio.Task[Any]] = set()
        self._id: int | None = None
        self._sure_until = 0.0
        self._leads = asyncio.Event()
        self._follows = asyncio.Event()
        self._follows.set()
        self._beaten = asyncio.Event()
        self._nudged = asyncio.Event()
        self._leaving = asyncio.Event()
        self._listeners: dict[str, Callable[[], None]] = {CHANNEL: self._nudged.set}

    def listen(self, channel: str, wake: Callable[[], None]) -> None:
        """Calls `wake` whenever a NOTIFY comes, and after a time without connection. Call it before `run`."""
        self._listeners[channel] = wake

    @property
    def id(self) -> int | None:
        """Another one after the process had to be taken for gone; None before the first connection."""
        return self._id

    @property
    def is_sure(self) -> bool:
        """Whether nobody can have taken this process for gone."""
        return time.monotonic() < self._sure_until

    @property
    def leads(self) -> bool:
        return self._leads.is_set() and self.is_sure

    async def sure(self, replica: int) -> None:
        """Returns as soon as `replica` is this process for certain. Raises ClaimLost when it is so no longer."""
        while replica == self._id:
            if self.is_sure:
                return
            await self._beat_comes()
        raise ClaimLost

    async def joined(self) -> None:
        while not self.is_sure:
            await self._beat_comes()

    async def elected(self) -> None:
        while not self.leads:
            await self._beat_comes()

    async def deposed(self) -> None:
        """Returns when another process may lead from now on, or soon."""
        while self.leads:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._follows.wait(), self._sure_until - time.monotonic())

    async def commit(self, work: Callable[[Connection[Record]], Awaitable[T]]) -> T:
        """Does the work on the connection that holds the locks: only a leader can commit it.

        Raises StorageUnavailable. Cancelled, it goes on to its end by itself, for a connection cannot be shared with
        a query that is just being given up.
        """
        task = asyncio.create_task(self._commit(work))
        self._commits.add(task)
        task.add_done_callback(self._committed)
        return await asyncio.shield(task)

    async def run(self) -> None:
        """Stays a member until `leave`."""
        failures = 0
        while not self._leaving.is_set():
            try:
                await self._connect()
                failures = 0
                while not self._leaving.is_set():
                    self._nudged.clear()
                    await self._beat()
                    await _either(self._nudged, self._leaving, HEARTBEAT)
                await self._say_goodbye()
            except StorageUnavailable as error:
                log.warning("membership lost", extra={"replica": self._id, "reason": str(error)})
                await self._disconnect()
                await _either(self._leaving, None, min(delay(failures), HEARTBEAT))
                failures += 1
            except ClaimLost:
                log.warning("taken for gone", extra={"replica": self._id})
                self._id = None
                self._beaten.set()
                await self._disconnect()
        await self._disconnect()

    def leave(self) -> None:
        """Hands over what this process leads and claims; `run` then returns."""
        self._leaving.set()

    async def _commit(self, work: Callable[[Connection[Record]], Awaitable[T]]) -> T:
        async with self._using:
            connection = self._connection
            if connection is None or not self._leads.is_set():
                raise StorageUnavailable("the database is away, or another process leads")
            async with unavailable_when_lost(connection):
                return await work(connection)

    def _committed(self, task: asyncio.Task[Any]) -> None:
        self._commits.discard(task)
        if not task.cancelled():
            task.exception()  # heard, also when nobody waits for it any more

    async def _beat_comes(self) -> None:
        self._beaten.clear()
        await self._beaten.wait()

    async def _connect(self) -> None:
        connection = await self._open()
        self._connection = connection
        connection.add_termination_listener(self._terminated)
        async with unavailable_when_lost(connection):
            self._id = await self._register(connection)
            for channel in self._listeners:
                await connection.add_listener(channel, self._notified)
        for wake in self._listeners.values():
            wake()

    async def _register(self, connection: Connection[Record]) -> int:
        if self._id is not None and await self._return(connection, self._id):
            return self._id
        replica: int = await connection.fetchval("INSERT INTO replicas DEFAULT VALUES RETURNING id")
        await connection.execute("SELECT pg_advisory_lock($1, $2)", ALIVE, replica)
        log.info("joined", extra={"replica": replica})
        return replica

    async def _return(self, connection: Connection[Record], replica: int) -> bool:
        """Under the same name; False when it has been taken for gone. Raises StorageUnavailable."""
        # The server may still have to notice the end of the connection before.
        await connection.execute("SELECT pg_advisory_lock($1, $2)", ALIVE, replica)
        returned: bool | None = await connection.fetchval(
            """
            UPDATE replicas
            SET seen_at = clock_timestamp(),
                leads = false
            WHERE id = $1
            RETURNING true
            """,
            replica,
        )
        if not returned:
            await connection.execute("SELECT pg_advisory_unlock($1, $2)", ALIVE, replica)
        return bool(returned)

    async def _beat(self) -> None:
        """Raises StorageUnavailable; ClaimLost when the others have taken this process for gone."""
        async with self._using:
            connection = self._connection
            assert connection is not None
            began = time.monotonic()
            # Whoever was away itself must give the others time to be seen again.
            may_bury = self.is_sure or not self._sure_until
            async with unavailable_when_lost(connection):
                seen = await connection.fetchval(
                    "UPDATE replicas SET seen_at = clock_timestamp() WHERE id = $1 RETURNING true",
                    self._id,
                )
                if not seen:
                    raise ClaimLost
                self._sure_until = began + SURE_FOR.total_seconds()
                if may_bury:
                    # Somebody may hang with a row's lock, until the server ends that transaction.
                    with suppress(LockNotAvailableError):
                        await self._bury(connection)
                if not self._leads.is_set():
                    await self._stand(connection)
        self._beaten.set()

    async def _bury(self, connection: Connection[Record]) -> None:
        """Returns what the dead have claimed."""
        async with connection.transaction():
            gone = await connection.fetch(
                """
                DELETE FROM replicas
                WHERE id <> $1
                  AND seen_at < clock_timestamp() - $2::interval
                  AND pg_postmaster_start_time() < clock_timestamp() - $4::interval
                  AND (
                      seen_at < clock_timestamp() - $3::interval
                      OR NOT EXISTS (
                          SELECT
                          FROM pg_locks
                          WHERE locktype = 'advisory'
                            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                            AND classid = $5::bigint::oid
                            AND objid = replicas.id::oid
                            AND objsubid = 2
                      )
                  )
                RETURNING id
                """,
                self._id,
                GONE_AFTER,
                HUNG_AFTER,
                GRACE_AFTER_RESTART,
                ALIVE,
            )
            if not gone:
                return
            replicas = [row["id"] for row in gone]
            await release(connection, replicas)
            # A process that hangs still holds its locks.
            await connection.execute(
                """
                SELECT pg_terminate_backend(pid)
                FROM pg_locks
                WHERE locktype = 'advisory'
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND classid = $1::bigint::oid
                  AND objid = ANY ($2::bigint[]::oid[])
                  AND objsubid = 2
                """,
                ALIVE,
                replicas,
            )
        log.warning("gone: what they had claimed is done by others", extra={"replicas": replicas})

    async def _stand(self, connection: Connection[Record]) -> None:
        if not await connection.fetchval(
            """
            SELECT EXISTS (
                SELECT
                FROM pg_locks
                WHERE locktype = 'advisory'
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND classid = $1::bigint::oid
                  AND objid = 0
                  AND objsubid = 2
                  AND pid = pg_backend_pid()
            ) OR pg_try_advisory_lock($1::integer, 0)
            """,
            LEADER,
        ):
            return
        # The one before may not know yet that it has lost the lock.
        elected = await connection.fetchval(
            """
            UPDATE replicas
            SET leads = true
            WHERE id = $1
              AND NOT EXISTS (
                  SELECT
                  FROM replicas AS others
                  WHERE others.leads
                    AND others.id <> $1
                    AND others.seen_at > clock_timestamp() - $2::interval
              )
            RETURNING true
            """,
            self._id,
            GONE_AFTER,
        )
        if elected:
            self._follows.clear()
            self._leads.set()
            log.info("leads", extra={"replica": self._id})

    async def _say_goodbye(self) -> None:
        self._depose()
        replica, self._id = self._id, None
        self._beaten.set()
        async with self._using:
            connection = self._connection
            assert connection is not None
            async with unavailable_when_lost(connection):
                async with connection.transaction():
                    await connection.execute("DELETE FROM replicas WHERE id = $1", replica)
                    if replica is not None:
                        await release(connection, [replica])
                # Ends the locks, before the others hear of it.
                await connection.execute("SELECT pg_advisory_unlock_all()")
                await connection.execute(f"NOTIFY {CHANNEL}")
        log.info("left", extra={"replica": replica})

    async def _disconnect(self) -> None:
        self._depose()
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            connection.terminate()
            await asyncio.sleep(0)  # in which the socket is closed

    def _depose(self) -> None:
        self._leads.clear()
        self._follows.set()

    def _terminated(self, _: object) -> None:
        self._depose()
        self._nudged.set()

    def _notified(self, _connection: object, _pid: int, channel: str, _payload: object) -> None:
        self._listeners[channel]()


async def _either(first: asyncio.Event, second: asyncio.Event | None, timeout: timedelta) -> None:
    waiters = [asyncio.ensure_future(event.wait()) for event in (first, second) if event is not None]
    try:
        await asyncio.wait(waiters, timeout=timeout.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiter in waiters:
            waiter.cancel()
