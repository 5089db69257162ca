"""Numbers of days, against what was put into the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config import Config
from bot.domain.statistics import Figures
from bot.storage.database import Database, open_database
from bot.storage.statistics import StatisticsStore
from tests.integration.conftest import TestDatabase

STEP = timedelta(minutes=15)
#: Prepared statements get another plan after the fifth time.
TIMES = 7


@pytest.fixture
def statistics(storage: Database) -> StatisticsStore:
    return StatisticsStore(storage, "EUR")


async def place(storage: Database, *moments: datetime, status: str = "placed", currency: str = "EUR") -> None:
    """An order of 1.00 at each of them, by nobody."""
    async with storage.connection() as connection:
        await connection.execute(
            """
            INSERT INTO orders (status, total, currency, placed_at)
            SELECT $1, 100, $2, placed_at
            FROM unnest($3::timestamptz[]) AS placed_at
            """,
            status,
            currency,
            moments,
        )


async def come(storage: Database, *moments: datetime) -> None:
    async with storage.connection() as connection:
        await connection.execute(
            """
            INSERT INTO users (id, first_name, created_at)
            SELECT row_number() OVER (), 'Ada', created_at
            FROM unnest($1::timestamptz[]) AS created_at
            """,
            moments,
        )


def counts(daily: Sequence[Figures]) -> list[tuple[int, int, int]]:
    return [(figures.new_users, figures.orders, figures.revenue.amount) for figures in daily]


@pytest.mark.parametrize(
    ("zone", "changed"),
    [
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("Atlantic/Azores", date(2026, 10, 25)),  # its midnight comes twice
        ("America/Santiago", date(2026, 9, 6)),  # it has no midnight
        ("America/Havana", date(2026, 11, 1)),
        ("Pacific/Auckland", date(2026, 9, 27)),
        ("Asia/Kolkata", date(2026, 3, 29)),
        ("US/Pacific", date(2026, 3, 8)),  # a name that PostgreSQL need not know
    ],
)
async def test_each_moment_counts_for_its_day(
    storage: Database, statistics: StatisticsStore, zone: str, changed: date
) -> None:
    there = ZoneInfo(zone)
    noon = datetime(changed.year, changed.month, changed.day, 12, tzinfo=UTC)
    moments = [noon + number * STEP for number in range(-240, 240)]
    await place(storage, *moments)
    await come(storage, *moments)
    dates = [changed + timedelta(days=days) for days in range(-5, 6)]
    counted = Counter(moment.astimezone(there).date() for moment in moments)
    shown = await statistics.of(dates, there)
    assert counts(shown.daily) == [(counted[day], counted[day], 100 * counted[day]) for day in dates]
    assert shown.users == len(moments)
    assert (0, 0, 0) in counts(shown.daily), "there were days without anything"


async def test_a_day_ends_where_the_next_one_begins(storage: Database, statistics: StatisticsStore) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    midnight = datetime(2026, 11, 23, tzinfo=berlin)
    await place(storage, midnight - timedelta(microseconds=1), midnight, midnight + timedelta(days=1))
    shown = await statistics.of([date(2026, 11, 22), date(2026, 11, 23)], berlin)
    assert counts(shown.daily) == [(0, 1, 100), (0, 1, 100)]


async def test_cancelled_orders_are_left_out_and_other_currencies_are_no_revenue(
    storage: Database, statistics: StatisticsStore
) -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    for status in ("placed", "confirmed", "shipped", "delivered", "cancelled"):
        await place(storage, noon, status=status)
    await place(storage, noon, currency="USD")
    shown = await statistics.of([noon.date()], ZoneInfo("UTC"))
    assert counts(shown.daily) == [(0, 5, 400)]


async def test_sums_may_be_larger_than_a_bigint(storage: Database, statistics: StatisticsStore) -> None:
    async with storage.connection() as connection:
        await connection.execute(
            "INSERT INTO orders (total, currency) SELECT 9223372036854775807, 'EUR' FROM generate_series(1, 3)"
        )
    now = datetime.now(UTC)
    shown = await statistics.of([now.date() - timedelta(days=1), now.date()], ZoneInfo("UTC"))
    assert shown.last(2).revenue.amount == 3 * (2**63 - 1)


@pytest.fixture
async def years(config: Config, database: TestDatabase) -> AsyncIterator[Database]:
    """Much that happened long ago, on one connection."""
    opened = await open_database(config.model_copy(update={"database_pool_min_size": 1, "database_pool_max_size": 1}))
    hours = [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=number) for number in range(50_000)]
    await place(opened, *hours)
    await come(opened, *hours)
    owner = await database.connect("migrator")
    await owner.execute("ANALYZE orders, users")
    await owner.close()
    yield opened
    await opened.close()


async def scans(storage: Database) -> dict[str, tuple[int, int]]:
    """How often a table or an index was read, and how many rows of it."""
    async with storage.connection() as connection:
        await connection.execute("SELECT pg_stat_force_next_flush()")
        rows = await connection.fetch(
            """
            SELECT indexrelname AS name, idx_scan AS scans, idx_tup_read AS rows
            FROM pg_stat_user_indexes
            UNION ALL
            SELECT relname, seq_scan, seq_tup_read
            FROM pg_stat_user_tables
            """
        )
    return {row["name"]: (row["scans"], row["rows"]) for row in rows}


async def test_the_days_are_read_through_the_indexes(years: Database) -> None:
    statistics = StatisticsStore(years, "EUR")
    dates = [date(2024, 5, 1) + timedelta(days=days) for days in range(30)]
    before = await scans(years)
    for _ in range(TIMES):
        shown = await statistics.of(dates, ZoneInfo("UTC"))
        assert counts(shown.daily) == [(24, 24, 2400)] * 30
    after = await scans(years)
    assert after["orders"] == before["orders"], "the whole table was read"
    for index in ("orders_placed_at", "users_created_at"):
        assert after[index][0] - before[index][0] == TIMES * 30, index
        assert after[index][1] - before[index][1] <= TIMES * 30 * 25, index
