from __future__ import annotations

from bot.domain.users import Identity, User, UserId
from bot.storage.database import Database


class UserStore:
    """Every method raises StorageUnavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def register(self, identity: Identity) -> User:
        """Adds the user, or brings a known user's names up to date; the first day stays."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                """
                INSERT INTO users (id, username, first_name)
                VALUES ($1, $2, $3)
                ON CONFLICT (id) DO UPDATE
                SET username = excluded.username,
                    first_name = excluded.first_name
                RETURNING id, username, first_name, created_at, settings
                """,
                identity.id,
                identity.username,
                identity.first_name,
            )
        assert row is not None
        return User(**row)

    async def get(self, user_id: UserId) -> User | None:
        """None for somebody who has never sent /start."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                """
                SELECT id, username, first_name, created_at, settings
                FROM users
                WHERE id = $1
                """,
                user_id,
            )
        return User(**row) if row else None
