from __future__ import annotations

from collections.abc import Collection

from bot.storage.database import AnyConnection


class AdminMenuStore:
    """Which chats show the admins' commands."""

    async def chats(self, connection: AnyConnection) -> set[int]:
        rows = await connection.fetch(
            """
            SELECT chat_id
            FROM admin_menus
            """
        )
        return {row["chat_id"] for row in rows}

    async def add(self, connection: AnyConnection, chat_ids: Collection[int]) -> None:
        """Those that are known already stay."""
        await connection.execute(
            """
            INSERT INTO admin_menus (chat_id)
            SELECT unnest($1::bigint[])
            ON CONFLICT DO NOTHING
            """,
            sorted(chat_ids),
        )

    async def remove(self, connection: AnyConnection, chat_ids: Collection[int]) -> None:
        await connection.execute(
            """
            DELETE FROM admin_menus
            WHERE chat_id = ANY ($1::bigint[])
            """,
            sorted(chat_ids),
        )
