"""What could not be handled: looked at, replayed or dropped by somebody."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.inbox import LARGEST_ID, FailedUpdate
from bot.domain.pages import Cursor, Page, page
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

    async def newest(self, cursor: Cursor, size: int) -> Page[FailedUpdate]:
        """The same, page by page."""
        beyond, direction = (">", "ASC") if cursor.back else ("<", "DESC")
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                f"""
                SELECT id, chat_id, update_id, received_at, failed_at, attempts, error, payload
                FROM failed_updates
                WHERE id {beyond} $1
                ORDER BY id {direction}
                LIMIT $2
                """,  # noqa: S608 - one of two constants
                cursor.id or LARGEST_ID,
                size + 1,
            )
        return page([FailedUpdate(**row) for row in rows], cursor, size)

    async def count(self) -> tuple[int, int]:
        """How many there are, and the newest one's id; 0 where there is none."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "SELECT count(*) AS count, coalesce(max(id), 0) AS newest FROM failed_updates"
            )
        assert row is not None
        return row["count"], row["newest"]

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
        if failed_ids is None:
            return await self.replay_up_to(LARGEST_ID)
        return await self._replay("id = ANY ($1::bigint[])", failed_ids)

    async def replay_up_to(self, newest_id: int) -> int:
        """As `replay`, for this one and all that were received before it."""
        return await self._replay("id <= $1", newest_id)

    async def drop(self, failed_ids: Sequence[int] | None) -> int:
        """Forgets these, or all; how many there were."""
        condition = "$1::bigint[] IS NULL" if failed_ids is None else "id = ANY ($1::bigint[])"
        async with self._database.connection() as connection:
            dropped: int = await connection.fetchval(
                f"""
                WITH dropped AS (
                    DELETE FROM failed_updates
                    WHERE {condition}
                    RETURNING id
                )
                SELECT count(*)
                FROM dropped
                """,  # noqa: S608 - one of two constants
                failed_ids,
            )
        return dropped

    async def _replay(self, condition: str, parameter: Sequence[int] | int) -> int:
        async with self._database.transaction() as connection:
            replayed: int = await connection.fetchval(
                f"""
                WITH replayed AS (
                    DELETE FROM failed_updates
                    WHERE {condition}
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
                """,  # noqa: S608 - constants of this class
                parameter,
            )
            await connection.execute(f"NOTIFY {CHANNEL}")
        return replayed
