"""What queries read, by the server's own count."""

from __future__ import annotations

from collections.abc import Awaitable, Collection
from typing import TypeVar

from bot.storage.database import Database

T = TypeVar("T")


class Meter:
    """Counts the rows of each table that were read, and refuses that a whole one was."""

    def __init__(self, database: Database, small: Collection[str] = (), *, entries: bool = False) -> None:
        """`database` has one connection. `small`: tables that may be read from beginning to end.

        `entries`: those of indexes count as well, also what is dead and what another index then excludes.
        """
        self._database = database
        self._small = small
        self._entries = entries
        self._most: dict[str, int] = {}

    async def __call__(self, query: Awaitable[T]) -> T:
        before = await self._counted()
        result = await query
        after = await self._counted()
        for table, (scans, rows) in after.items():
            assert scans == before[table][0] or table in self._small, f"{table} was read from beginning to end"
            self._most[table] = max(self._most.get(table, 0), rows - before[table][1])
        return result

    def read(self, table: str) -> int:
        """The most that one query has read."""
        return self._most[table]

    @property
    def all_read(self) -> dict[str, int]:
        """The same for each table of which anything was read."""
        return {table: rows for table, rows in self._most.items() if rows}

    async def _counted(self) -> dict[str, tuple[int, int]]:
        async with self._database.connection() as connection:
            await connection.execute("SELECT pg_stat_force_next_flush()")
            rows = await connection.fetch(
                """
                SELECT relname,
                       seq_scan,
                       seq_tup_read + coalesce(greatest(idx_tup_fetch, CASE WHEN $1 THEN entries END), 0) AS read
                FROM pg_stat_user_tables
                LEFT JOIN (
                    SELECT relid, sum(idx_tup_read)::bigint AS entries
                    FROM pg_stat_user_indexes
                    GROUP BY relid
                ) AS indexes USING (relid)
                """,
                self._entries,
            )
        return {row["relname"]: (row["seq_scan"], row["read"]) for row in rows}
