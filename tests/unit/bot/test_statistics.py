from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import Money
from bot.domain.settings import time_zones
from bot.domain.statistics import DAYS, Figures, Statistics, beginning, last_dates

INSTANT = timedelta(microseconds=1)

zones = st.sampled_from(sorted(time_zones())).map(ZoneInfo)
days = st.dates(date(2015, 1, 1), date(2036, 12, 31))


@given(days, zones)
def test_a_day_begins_where_its_date_does(day: date, zone: ZoneInfo) -> None:
    begins_at = beginning(day, zone)
    assert begins_at.astimezone(zone).date() == day
    assert (begins_at - INSTANT).astimezone(zone).date() == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Atlantic/Azores", date(2026, 10, 25), 25),  # its midnight comes twice
        ("America/Santiago", date(2026, 9, 6), 23),  # it has no midnight
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Asia/Kolkata", date(2026, 10, 25), 24),
    ],
)
def test_a_day_on_which_the_clock_is_changed_is_as_long_as_it_is(zone: str, day: date, hours: float) -> None:
    length = beginning(day + timedelta(days=1), ZoneInfo(zone)) - beginning(day, ZoneInfo(zone))
    assert length == timedelta(hours=hours)


def test_the_last_of_the_dates_is_today_where_the_reader_is() -> None:
    now = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    dates = last_dates(now, ZoneInfo("Europe/Berlin"))
    assert dates[-1] == date(2026, 11, 23)
    assert dates == [dates[0] + timedelta(days=days) for days in range(DAYS)]
    assert last_dates(now, ZoneInfo("America/New_York"))[-1] == date(2026, 11, 22)


def test_the_last_days_are_summed_with_today() -> None:
    dates = last_dates(datetime(2026, 11, 22, tzinfo=UTC), ZoneInfo("UTC"))
    shown = Statistics(7, dates, [Figures(1, 10**day, Money(10 ** (2 * day), "EUR")) for day in range(DAYS)])
    assert shown.last(1) == shown.daily[-1]
    assert shown.last(2) == Figures(2, 11 * 10**28, Money(101 * 10**56, "EUR"))
    assert shown.last(DAYS) == Figures(30, int("1" * 30), Money(int("01" * 30), "EUR"))
