from __future__ import annotations

from collections.abc import Sequence

from bot.domain.users import Identity, User, UserId
from bot.storage.batching import Batched
from bot.storage.database import Database


class UserStore:
    """Every method raises StorageUnavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._register = Batched(self._register_many)

    async def register(self, identity: Identity) -> User:
        """Adds the user, or brings a known user's names up to date; the first day stays. No longer blocked."""
        return await self._register(identity)

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

    async def mark_blocked(self, user_id: UserId) -> None:
        """The user does not want to hear from the bot; no matter whether the user is known."""
        async with self._database.connection() as connection:
            await connection.execute(
                """
                UPDATE users
                SET blocked_at = now()
                WHERE id = $1
                  AND blocked_at IS NULL
                """,
                user_id,
            )

    async def _register_many(self, identities: Sequence[Identity]) -> list[User]:
        # A row may be touched once; and two batches that touch rows in the same order do not deadlock.
        latest = {identity.id: identity for identity in identities}
        ordered = [latest[user_id] for user_id in sorted(latest)]
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                """
                INSERT INTO users (id, username, first_name)
                SELECT id, username, first_name
                FROM unnest($1::bigint[], $2::text[], $3::text[]) AS given (id, username, first_name)
                ON CONFLICT (id) DO UPDATE
                SET username = excluded.username,
                    first_name = excluded.first_name,
                    blocked_at = NULL
                RETURNING id, username, first_name, created_at, settings
                """,
                [identity.id for identity in ordered],
                [identity.username for identity in ordered],
                [identity.first_name for identity in ordered],
            )
        users = {row["id"]: User(**row) for row in rows}
        return [users[identity.id] for identity in identities]
