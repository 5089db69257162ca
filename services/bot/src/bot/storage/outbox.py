from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import timedelta

from asyncpg import Record

from bot.domain.calls import Blocked, Call, Due, Failed, FailedOutgoing, Outcome, Outgoing, SendAgain, Sent
from bot.domain.text import storable
from bot.storage.database import AnyConnection, Database

#: Notified when the transaction commits that has written something.
CHANNEL = "orderly_outbox"


class OutboxStore:
    """Every method but `enqueue` raises StorageUnavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enqueue(self, connection: AnyConnection, messages: Sequence[Outgoing]) -> int:
        """Writes them in this order, and wakes the sender, when the transaction of `connection` commits.

        How many there were not yet.
        """
        if not messages:
            return 0
        written: int = await connection.fetchval(
            """
            WITH written AS (
                INSERT INTO outbox (chat_id, method, parameters, key, due_at, bulk, broadcast_id)
                SELECT chat_id, method, parameters, key, coalesce(due_at, now()), bulk, broadcast_id
                FROM unnest(
                    $1::bigint[], $2::text[], $3::json[], $4::text[], $5::timestamptz[], $6::boolean[], $7::bigint[]
                ) WITH ORDINALITY
                    AS given (chat_id, method, parameters, key, due_at, bulk, broadcast_id, position)
                ORDER BY position
                ON CONFLICT (key) DO NOTHING
                RETURNING id
            )
            SELECT count(*), pg_notify($8, '')
            FROM written
            """,
            [message.chat_id for message in messages],
            [message.call.method for message in messages],
            [json.dumps(message.call.parameters) for message in messages],
            [message.key for message in messages],
            [message.due_at for message in messages],
            [message.bulk for message in messages],
            [message.broadcast_id for message in messages],
            CHANNEL,
        )
        return written

    async def due(self, limit: int, busy_chats: Collection[int] = ()) -> list[Due]:
        """What may be sent now, in order, none of it to the busy chats.

        A message that waits for another attempt holds back what was written after it for the same chat.
        """
        found: list[Due] = []
        async with self._database.connection() as connection:
            for bulk in (False, True):
                if len(found) < limit:
                    # The index is ordered by the time alone only within what is bulk, and within what is not.
                    rows = await connection.fetch(
                        """
                        SELECT id, chat_id, method, parameters, attempts, bulk, due_at
                        FROM outbox
                        WHERE state = 'pending'
                          AND bulk = $1
                          AND due_at <= now()
                          AND chat_id <> ALL ($2::bigint[])
                          AND NOT EXISTS (
                              SELECT
                              FROM outbox AS tried
                              WHERE tried.chat_id = outbox.chat_id
                                AND tried.id < outbox.id
                                AND tried.state = 'pending'
                                AND tried.attempts > 0
                          )
                        ORDER BY due_at, id
                        LIMIT $3
                        """,
                        bulk,
                        list(busy_chats),
                        limit - len(found),
                    )
                    found += [_due(row) for row in rows]
        return found

    async def next_due(self) -> timedelta | None:
        """How long nothing becomes due that is not due yet; None when nothing ever does."""
        async with self._database.connection() as connection:
            wait: timedelta | None = await connection.fetchval(
                """
                SELECT least(
                    (SELECT min(due_at) FROM outbox WHERE state = 'pending' AND bulk = false AND due_at > now()),
                    (SELECT min(due_at) FROM outbox WHERE state = 'pending' AND bulk = true AND due_at > now())
                ) - now()
                """
            )
        return wait

    async def settle(self, message: Due, outcome: Outcome) -> None:
        """Records it, and counts it in its broadcast.

        To record it again, or for a message that is settled already, changes nothing.
        """
        match outcome:
            case Sent():
                await self._close(message, "sent", None)
            case Failed(error):
                await self._close(message, "failed", error)
            case Blocked(error):
                await self._block(message, error)
            case SendAgain():
                await self._postpone(message, outcome)

    async def _close(self, message: Due, state: str, error: str | None) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                """
                WITH settled AS (
                    UPDATE outbox
                    SET state = $2,
                        settled_at = now(),
                        attempts = attempts + 1,
                        error = $3
                    WHERE id = $1
                      AND state = 'pending'
                    RETURNING state, broadcast_id
                )
                UPDATE broadcasts
                SET sent = sent + (settled.state = 'sent')::integer,
                    failed = failed + (settled.state = 'failed')::integer
                FROM settled
                WHERE broadcasts.id = settled.broadcast_id
                """,
                message.id,
                state,
                error and storable(error),
            )

    async def _block(self, message: Due, error: str) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                """
                WITH blocked AS (
                    UPDATE outbox
                    SET state = 'blocked',
                        settled_at = now(),
                        attempts = attempts + 1,
                        error = $2
                    WHERE id = $1
                      AND state = 'pending'
                    RETURNING chat_id, broadcast_id
                ), counted AS (
                    UPDATE broadcasts
                    SET blocked = broadcasts.blocked + 1
                    FROM blocked
                    WHERE broadcasts.id = blocked.broadcast_id
                )
                UPDATE users
                SET blocked_at = now()
                FROM blocked
                WHERE users.id = blocked.chat_id
                  AND blocked_at IS NULL
                """,
                message.id,
                error and storable(error),
            )

    async def _postpone(self, message: Due, again: SendAgain) -> None:
        parameters = message.call.parameters
        if again.moved_to is not None:
            parameters = parameters | {"chat_id": again.moved_to}
        async with self._database.connection() as connection:
            await connection.execute(
                """
                UPDATE outbox
                SET attempts = attempts + 1,
                    due_at = now() + $3,
                    error = $4,
                    chat_id = $5,
                    parameters = $6
                WHERE id = $1
                  AND state = 'pending'
                  AND attempts = $2
                """,
                message.id,
                message.attempts,
                again.after,
                storable(again.error),
                message.chat_id if again.moved_to is None else again.moved_to,
                json.dumps(parameters),
            )

    async def recent_in_groups(self, within: timedelta) -> list[tuple[int, timedelta]]:
        """The groups' ids and how long ago a message was sent there, the oldest first."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                """
                SELECT chat_id, now() - settled_at AS ago
                FROM outbox
                WHERE state = 'sent'
                  AND settled_at > now() - $1::interval
                  AND chat_id < 0
                ORDER BY settled_at
                """,
                within,
            )
        return [(row["chat_id"], row["ago"]) for row in rows]

    async def failed(self, limit: int = 100) -> list[FailedOutgoing]:
        """The latest that were given up, the newest first."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                """
                SELECT id, chat_id, method, parameters, key, created_at, settled_at, attempts, error
                FROM outbox
                WHERE state = 'failed'
                ORDER BY settled_at DESC
                LIMIT $1
                """,
                limit,
            )
        return [_failed(row) for row in rows]

    async def purge(self, older_than: timedelta, limit: int = 1000) -> int:
        """Forgets what was settled longer ago, keys included, and not what failed; how many, at most `limit`."""
        async with self._database.connection() as connection:
            deleted = await connection.execute(
                """
                DELETE FROM outbox
                WHERE id IN (
                    SELECT id
                    FROM outbox
                    WHERE state IN ('sent', 'blocked')
                      AND settled_at < now() - $1::interval
                    ORDER BY settled_at
                    LIMIT $2
                )
                """,
                older_than,
                limit,
            )
        return int(deleted.rpartition(" ")[2])


def _due(row: Record) -> Due:
    return Due(row["id"], row["chat_id"], _call(row), row["attempts"], row["bulk"], row["due_at"])


def _failed(row: Record) -> FailedOutgoing:
    return FailedOutgoing(
        *(row["id"], row["chat_id"], _call(row), row["key"]),
        *(row["created_at"], row["settled_at"], row["attempts"], row["error"]),
    )


def _call(row: Record) -> Call:
    return Call(row["method"], json.loads(row["parameters"]))
