from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.money import Money
from bot.domain.statistics import Figures, Statistics, beginning
from bot.storage.database import AnyConnection, Database


class StatisticsStore:
    """Every method raises StorageUnavailable while the database is away."""

    def __init__(self, database: Database, currency: str) -> None:
        self._database = database
        self._currency = currency

    async def of(self, dates: Sequence[date], zone: ZoneInfo) -> Statistics:
        """Of days that follow each other."""
        # By Python's clock: PostgreSQL begins a day whose midnight comes twice with the second one.
        borders = [beginning(day, zone) for day in (*dates, dates[-1] + timedelta(days=1))]
        async with self._database.connection() as connection:
            users = await connection.fetchval("SELECT count(*) FROM users")
            daily = await self._daily(connection, borders)
        return Statistics(users, dates, daily)

    async def _daily(self, connection: AnyConnection, borders: Sequence[datetime]) -> list[Figures]:
        rows = await connection.fetch(
            """
            SELECT came.users, placed.orders, placed.revenue
            FROM generate_series(1, cardinality($1::timestamptz[]) - 1) AS day
            CROSS JOIN LATERAL (
                SELECT count(*) AS users
                FROM users
                WHERE created_at >= $1[day]
                  AND created_at < $1[day + 1]
            ) AS came
            CROSS JOIN LATERAL (
                SELECT count(*) AS orders, coalesce(sum(total) FILTER (WHERE currency = $2), 0) AS revenue
                FROM orders
                WHERE placed_at >= $1[day]
                  AND placed_at < $1[day + 1]
                  AND status <> 'cancelled'
            ) AS placed
            ORDER BY day
            """,
            borders,
            self._currency,
        )
        return [Figures(row["users"], row["orders"], Money(int(row["revenue"]), self._currency)) for row in rows]
