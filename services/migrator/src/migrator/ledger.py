"""The table schema_migrations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from asyncpg import Connection, Record

from migrator.discovery import Migration


@dataclass(frozen=True, slots=True)
class Applied:
    version: int
    name: str
    checksum: str


class Ledger:
    def __init__(self, connection: Connection[Record]) -> None:
        self._connection = connection

    async def create(self) -> None:
        """Call it under the lock: CREATE TABLE IF NOT EXISTS alone is not safe against a second one."""
        if await self._connection.fetchval("SELECT to_regclass('public.schema_migrations') IS NULL"):
            await self._connection.execute(
                """
                CREATE TABLE public.schema_migrations (
                    version bigint PRIMARY KEY,
                    name text NOT NULL,
                    checksum text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now(),
                    duration interval NOT NULL
                )
                """
            )

    async def applied(self) -> list[Applied]:
        rows = await self._connection.fetch(
            """
            SELECT version, name, checksum
            FROM public.schema_migrations
            ORDER BY version
            """
        )
        return [Applied(**row) for row in rows]

    async def record(self, migration: Migration, duration: timedelta) -> None:
        """Call it in the transaction that ran the migration: both happen, or neither."""
        await self._connection.execute(
            """
            INSERT INTO public.schema_migrations (version, name, checksum, duration)
            VALUES ($1, $2, $3, $4)
            """,
            migration.version,
            migration.name,
            migration.checksum,
            duration,
        )
