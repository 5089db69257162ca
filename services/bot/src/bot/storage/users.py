from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.settings import Settings
from bot.domain.users import Identity, User, UserId
from bot.storage.batching import Batched
from bot.storage.database import Database


class UserStore:
    """Every method raises StorageUnavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._register = Batched(self._register_many)
        self._get = Batched(self._get_many)

    async def register(self, identity: Identity) -> User:
        """Adds the user, or brings a known user's names up to date; the first day stays. No longer blocked."""
        return await self._register(identity)

    async def get(self, user_id: UserId) -> User | None:
        """None for somebody whom the bot does not know."""
        return await self._get(user_id)

    async def find(self, username: str, limit: int) -> list[User]:
        """Several where a name has changed hands: whoever had it has not been seen since. Capitals do not matter."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                """
                SELECT id, username, first_name, created_at, settings, language_code, blocked_at
                FROM users
                WHERE lower(username) = lower($1)
                  AND username IS NOT NULL
                ORDER BY created_at DESC, id
                LIMIT $2
                """,
                username,
                limit,
            )
        return [User(**row) for row in rows]

    async def change_settings(self, identity: Identity, changes: dict[str, Any]) -> Settings:
        """Leaves the other settings as they are, unless they are no object; adds somebody who is not known yet."""
        async with self._database.connection() as connection:
            stored = await connection.fetchval(
                """
                INSERT INTO users (id, username, first_name, language_code, settings)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (id) DO UPDATE
                SET settings = CASE WHEN jsonb_typeof(users.settings) = 'object' THEN users.settings ELSE '{}' END
                    || excluded.settings
                RETURNING settings
                """,
                identity.id,
                identity.username,
                identity.first_name,
                identity.language_code,
                changes,
            )
        return Settings.read(stored)

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

    async def mark_unblocked(self, user_id: UserId) -> None:
        """No matter whether the user is known."""
        async with self._database.connection() as connection:
            await connection.execute(
                """
                UPDATE users
                SET blocked_at = NULL
                WHERE id = $1
                  AND blocked_at IS NOT NULL
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
                INSERT INTO users (id, username, first_name, language_code)
                SELECT id, username, first_name, language_code
                FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
                    AS given (id, username, first_name, language_code)
                ON CONFLICT (id) DO UPDATE
                SET username = excluded.username,
                    first_name = excluded.first_name,
                    language_code = excluded.language_code,
                    blocked_at = NULL
                RETURNING id, username, first_name, created_at, settings, language_code, blocked_at
                """,
                [identity.id for identity in ordered],
                [identity.username for identity in ordered],
                [identity.first_name for identity in ordered],
                [identity.language_code for identity in ordered],
            )
        users = {row["id"]: User(**row) for row in rows}
        return [users[identity.id] for identity in identities]

    async def _get_many(self, user_ids: Sequence[UserId]) -> list[User | None]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                """
                SELECT id, username, first_name, created_at, settings, language_code, blocked_at
                FROM users
                WHERE id = ANY ($1::bigint[])
                """,
                user_ids,
            )
        users = {row["id"]: User(**row) for row in rows}
        return [users.get(user_id) for user_id in user_ids]
