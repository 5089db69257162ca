"""What could not be handled: looked at, replayed or dropped by somebody."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.inbox import FailedUpdate
from bot.storage.database import Database
from bot.storage.inbox import CHANNEL


class FailedUpdateStore:
    """Every method raises StorageUnavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, limit: int) -> Sequence[FailedUpdate]:
        """The newest first."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                """
                SELECT id, chat_id, update_id, received_at, failed_at, attempts, error, payload
                FROM failed_updates
                ORDER BY id DESC
                LIMIT $1
                """,
                limit,
            )
        return [FailedUpdate(**row) for row in rows]

    async def get(self, failed_id: int) -> FailedUpdate | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                """
                SELECT id, chat_id, update_id, received_at, failed_at, attempts, error, payload
                FROM failed_updates
                WHERE id = $1
                """,
                failed_id,
            )
        return FailedUpdate(**row) if row else None

    async def replay(self, failed_ids: Sequence[int] | None) -> int:
        """Puts these, or all, behind what waits in their chats; what the handler has committed is not done again.

        Returns how many there were.
        """
        async with self._database.transaction() as connection:
            replayed: int = await connection.fetchval(
                """
                WITH replayed AS (
                    DELETE FROM failed_updates
                    WHERE $1::bigint[] IS NULL OR id = ANY($1)
                    RETURNING id, chat_id, update_id, received_at, payload, answer
                ), kept AS (
                    INSERT INTO inbox (chat_id, update_id, received_at, payload, answer)
                    SELECT chat_id, update_id, received_at, payload, answer
                    FROM replayed
                    ORDER BY id
                    RETURNING chat_id
                ), chats AS (
                    INSERT INTO inbox_chats AS chats (chat_id, waiting)
                    SELECT chat_id, count(*)
                    FROM kept
                    GROUP BY chat_id
                    ORDER BY chat_id
                    ON CONFLICT (chat_id) DO UPDATE
                    SET waiting = chats.waiting + excluded.waiting,
                        due_at = CASE WHEN chats.waiting > 0 THEN chats.due_at ELSE clock_timestamp() END
                )
                SELECT count(*)
                FROM replayed
                """,
                failed_ids,
            )
            await connection.execute(f"NOTIFY {CHANNEL}")
        return replayed

    async def drop(self, failed_ids: Sequence[int] | None) -> int:
        """Forgets these, or all; how many there were."""
        async with self._database.connection() as connection:
            dropped: int = await connection.fetchval(
                """
                WITH dropped AS (
                    DELETE FROM failed_updates
                    WHERE $1::bigint[] IS NULL OR id = ANY($1)
                    RETURNING id
                )
                SELECT count(*)
                FROM dropped
                """,
                failed_ids,
            )
        return dropped
