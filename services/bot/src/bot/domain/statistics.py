"""How the shop does, day by day, in somebody's time zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.money import Money

#: So many are told of, today included.
DAYS = 30


@dataclass(frozen=True, slots=True)
class Figures:
    new_users: int
    #: Without those that were cancelled.
    orders: int
    #: Of these orders, as far as they were paid in the shop's currency.
    revenue: Money


@dataclass(frozen=True, slots=True)
class Statistics:
    #: All that there are.
    users: int
    #: The last one is today.
    dates: Sequence[date]
    #: Of each of the dates.
    daily: Sequence[Figures]

    @property
    def today(self) -> date:
        return self.dates[-1]

    def last(self, days: int) -> Figures:
        """Of that many days together, today included."""
        summed = self.daily[-days:]
        revenue = Money(sum(figures.revenue.amount for figures in summed), summed[0].revenue.currency)
        return Figures(sum(figures.new_users for figures in summed), sum(figures.orders for figures in summed), revenue)


def last_dates(now: datetime, zone: ZoneInfo) -> list[date]:
    today = now.astimezone(zone).date()
    return [today - timedelta(days=days) for days in reversed(range(DAYS))]


def beginning(day: date, zone: ZoneInfo) -> datetime:
    """Its first instant, also where the clock is changed at midnight: skips it, or shows it twice."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
