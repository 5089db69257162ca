from __future__ import annotations

from collections.abc import Callable

from asyncpg import Record

from bot.domain.broadcasts import Broadcast, BroadcastId, BroadcastState
from bot.domain.calls import Outgoing
from bot.domain.users import UserId
from bot.storage.database import AnyConnection, Database
from bot.storage.outbox import OutboxStore

#: Notified when the transaction commits that begins or stops a broadcast.
CHANNEL = "orderly_broadcasts"


class BroadcastStore:
    """Every method raises StorageUnavailable while the database is away."""

    def __init__(self, database: Database, outbox: OutboxStore) -> None:
        self._database = database
        self._outbox = outbox

    async def count_recipients(self) -> int:
        """How many users want to hear from the bot."""
        async with self._database.connection() as connection:
            count: int = await connection.fetchval("SELECT count(*) FROM users WHERE blocked_at IS NULL")
        return count

    async def compose(self, admin_id: UserId, chat_id: int, message_id: int) -> BroadcastId:
        """The admin's one draft: another message takes its place under another id, the same keeps its id."""
        async with self._database.connection() as connection:
            return BroadcastId(
                await connection.fetchval(
                    """
                    WITH others AS (
                        DELETE FROM broadcasts
                        WHERE admin_id = $1
                          AND state = 'draft'
                          AND (source_chat_id, source_message_id) <> ($2, $3)
                    ), same AS (
                        SELECT id
                        FROM broadcasts
                        WHERE admin_id = $1
                          AND state = 'draft'
                          AND (source_chat_id, source_message_id) = ($2, $3)
                    ), added AS (
                        INSERT INTO broadcasts (admin_id, source_chat_id, source_message_id)
                        SELECT $1, $2, $3
                        WHERE NOT EXISTS (SELECT FROM same)
                        RETURNING id
                    )
                    SELECT id FROM same
                    UNION ALL
                    SELECT id FROM added
                    """,
                    admin_id,
                    chat_id,
                    message_id,
                )
            )

    async def discard(self, admin_id: UserId) -> None:
        """Forgets the admin's draft."""
        async with self._database.connection() as connection:
            await connection.execute(
                """
                DELETE FROM broadcasts
                WHERE admin_id = $1
                  AND state = 'draft'
                """,
                admin_id,
            )

    async def begin(
        self, connection: AnyConnection, broadcast_id: BroadcastId, admin_id: UserId, progress_message_id: int
    ) -> bool:
        """Sends the admin's draft to all users when the transaction commits; False where it is no draft of theirs."""
        begun: bool | None = await connection.fetchval(
            """
            WITH begun AS (
                UPDATE broadcasts
                SET state = 'sending',
                    confirmed_at = now(),
                    progress_message_id = $3,
                    recipients = (SELECT count(*) FROM users WHERE blocked_at IS NULL)
                WHERE id = $1
                  AND admin_id = $2
                  AND state = 'draft'
                RETURNING id
            )
            SELECT true, pg_notify($4, '')
            FROM begun
            """,
            broadcast_id,
            admin_id,
            progress_message_id,
            CHANNEL,
        )
        return bool(begun)

    async def stop(self, broadcast_id: BroadcastId) -> None:
        """Lets it go to nobody more; one that is not being sent stays as it is."""
        async with self._database.connection() as connection:
            await connection.execute(
                """
                WITH stopped AS (
                    UPDATE broadcasts
                    SET state = 'stopping'
                    WHERE id = $1
                      AND state = 'sending'
                    RETURNING id
                )
                SELECT pg_notify($2, '')
                FROM stopped
                """,
                broadcast_id,
                CHANNEL,
            )

    async def get(self, broadcast_id: BroadcastId) -> Broadcast | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                """
                SELECT id, admin_id, source_chat_id, source_message_id, state, progress_message_id, recipients,
                       queued, sent, blocked, failed
                FROM broadcasts
                WHERE id = $1
                """,
                broadcast_id,
            )
        return _broadcast(row) if row else None

    async def under_way(self) -> list[Broadcast]:
        """The oldest first."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                """
                SELECT id, admin_id, source_chat_id, source_message_id, state, progress_message_id, recipients,
                       queued, sent, blocked, failed
                FROM broadcasts
                WHERE state IN ('sending', 'stopping')
                ORDER BY id
                """
            )
        return [_broadcast(row) for row in rows]

    async def count_pending(self, broadcast_id: BroadcastId) -> int:
        """How many of its messages wait in the outbox."""
        async with self._database.connection() as connection:
            count: int = await connection.fetchval(
                """
                SELECT count(*)
                FROM outbox
                WHERE state = 'pending'
                  AND bulk
                  AND broadcast_id = $1
                """,
                broadcast_id,
            )
        return count

    async def feed(self, broadcast_id: BroadcastId, most: int, message_to: Callable[[UserId], Outgoing]) -> int:
        """Puts the next recipients' messages into the outbox, `most` of them at the most; how many."""
        async with self._database.transaction() as connection:
            row = await connection.fetchrow(
                """
                SELECT confirmed_at, last_user_id
                FROM broadcasts
                WHERE id = $1
                  AND state = 'sending'
                FOR NO KEY UPDATE
                """,
                broadcast_id,
            )
            if row is None:
                return 0
            users = await connection.fetch(
                """
                SELECT id
                FROM users
                WHERE blocked_at IS NULL
                  AND created_at <= $1
                  AND id > $2
                ORDER BY id
                LIMIT $3
                """,
                row["confirmed_at"],
                row["last_user_id"] or 0,
                most,
            )
            if not users:
                return 0
            queued = await self._outbox.enqueue(connection, [message_to(UserId(user["id"])) for user in users])
            await connection.execute(
                """
                UPDATE broadcasts
                SET last_user_id = $2,
                    queued = queued + $3
                WHERE id = $1
                """,
                broadcast_id,
                users[-1]["id"],
                queued,
            )
        return queued

    async def finish(self, broadcast_id: BroadcastId, result: Callable[[Broadcast], Outgoing]) -> bool:
        """Ends it, once, if nothing of it is left to do, and puts its result into the outbox; whether it has ended."""
        async with self._database.transaction() as connection:
            # Locked first: what is asked next must see what others did to it until now.
            await connection.execute("SELECT FROM broadcasts WHERE id = $1 FOR NO KEY UPDATE", broadcast_id)
            row = await connection.fetchrow(
                """
                UPDATE broadcasts
                SET state = CASE state WHEN 'sending' THEN 'done' ELSE 'cancelled' END,
                    finished_at = now()
                WHERE id = $1
                  AND (
                      state = 'stopping'
                      OR state = 'sending'
                      AND NOT EXISTS (
                          SELECT
                          FROM users
                          WHERE users.blocked_at IS NULL
                            AND users.created_at <= broadcasts.confirmed_at
                            AND users.id > coalesce(broadcasts.last_user_id, 0)
                      )
                  )
                  AND (
                      sent + blocked + failed >= queued
                      OR NOT EXISTS (
                          SELECT
                          FROM outbox
                          WHERE outbox.state = 'pending'
                            AND outbox.bulk
                            AND outbox.broadcast_id = broadcasts.id
                      )
                  )
                RETURNING id, admin_id, source_chat_id, source_message_id, state, progress_message_id, recipients,
                          queued, sent, blocked, failed
                """,
                broadcast_id,
            )
            if row is not None:
                await self._outbox.enqueue(connection, [result(_broadcast(row))])
        return row is not None


def _broadcast(row: Record) -> Broadcast:
    return Broadcast(
        id=BroadcastId(row["id"]),
        admin_id=UserId(row["admin_id"]),
        source_chat_id=row["source_chat_id"],
        source_message_id=row["source_message_id"],
        state=BroadcastState(row["state"]),
        progress_message_id=row["progress_message_id"],
        recipients=row["recipients"],
        queued=row["queued"],
        sent=row["sent"],
        blocked=row["blocked"],
        failed=row["failed"],
    )
