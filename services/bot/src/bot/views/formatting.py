"""Values as people of the current language write them; text is escaped for Telegram's HTML."""

from __future__ import annotations

from copy import copy
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

from aiogram.utils.i18n.context import get_i18n
from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format, get_timezone_location
from babel.numbers import format_compact_currency, format_currency, format_decimal

from bot.domain.money import Money

#: Far above Telegram's own limit for names, far below its limit for a message.
LONGEST_NAME = 256  # characters


def quoted(text: str, longest: int = LONGEST_NAME) -> str:
    """Whatever somebody typed, cut where it is longer."""
    return escape(text if len(text) <= longest else f"{text[: longest - 1]}…", quote=False)


def money(value: Money) -> str:
    return escape(unescaped_money(value), quote=False)


def unescaped_money(value: Money) -> str:
    """For a picture."""
    return format_currency(value.decimal, value.currency, locale=_locale())


def short_money(value: Money) -> str:
    """For a picture: to three digits or so."""
    short = format_compact_currency(value.decimal, value.currency, locale=_locale(), fraction_digits=1)
    # Not every language shortens thousands, and what is not shortened comes without their separators.
    whole = int(value.decimal)
    return _without_fraction(whole, value.currency) if whole >= 1000 and str(whole) in short else short


def number(value: int) -> str:
    return format_decimal(value, locale=_locale())


def day(moment: datetime, zone: ZoneInfo) -> str:
    return date_of(moment.astimezone(zone))


def date_of(value: date) -> str:
    return format_date(value, format="medium", locale=_locale())


def short_date(value: date) -> str:
    """Without the year."""
    return format_skeleton("MMMd", value, locale=_locale())


def time(moment: datetime, zone: ZoneInfo) -> str:
    """The day, and the time to the minute."""
    clock = format_time(moment, "short", tzinfo=zone, locale=_locale())
    return str(get_datetime_format("medium", locale=_locale())).format(clock, day(moment, zone))


def city(zone: ZoneInfo) -> str:
    return get_timezone_location(zone.key, locale=_locale(), return_city=True).rpartition("/")[2]


def _without_fraction(value: int, currency: str) -> str:
    pattern = copy(Locale.parse(_locale()).currency_formats["standard"])
    pattern.frac_prec = (0, 0)
    return str(pattern.apply(value, _locale(), currency=currency, currency_digits=False))


def _locale() -> str:
    return get_i18n().current_locale
