"""Values as people of the current language write them; text is escaped for Telegram's HTML."""

from __future__ import annotations

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from aiogram.utils.i18n.context import get_i18n
from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_currency, format_decimal

from bot.domain.money import Money

#: Far above Telegram's own limit for names, far below its limit for a message.
LONGEST_NAME = 256  # characters


def quoted(text: str, longest: int = LONGEST_NAME) -> str:
    """Whatever somebody typed, cut where it is longer."""
    return escape(text if len(text) <= longest else f"{text[: longest - 1]}…", quote=False)


def money(value: Money) -> str:
    return escape(format_currency(value.decimal, value.currency, locale=_locale()), quote=False)


def number(value: int) -> str:
    return format_decimal(value, locale=_locale())


def day(moment: datetime, zone: ZoneInfo) -> str:
    return format_date(moment.astimezone(zone), format="medium", locale=_locale())


def time(moment: datetime, zone: ZoneInfo) -> str:
    """The day, and the time to the minute."""
    clock = format_time(moment, "short", tzinfo=zone, locale=_locale())
    return str(get_datetime_format("medium", locale=_locale())).format(clock, day(moment, zone))


def _locale() -> str:
    return get_i18n().current_locale
