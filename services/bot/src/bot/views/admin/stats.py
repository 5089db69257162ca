from __future__ import annotations

from zoneinfo import ZoneInfo

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.charts import Chart, Panel, Tick, scale
from bot.domain.money import Money
from bot.domain.statistics import DAYS, Figures, Statistics
from bot.views.formatting import city, date_of, money, number, short_date, short_money, unescaped_money
from bot.views.screen import Screen

#: So many steps at the most from the bottom of a panel to its top.
STEPS = 4
#: A longer sum would run into the title beside it; it is told in full below the picture.
LONGEST_TOTAL = 16  # characters
WEEK = 7  # days


def stats(shown: Statistics, zone: ZoneInfo) -> str:
    """Short enough to stand below a picture."""
    periods = [
        (_("Today"), 1),
        (ngettext("Last {count} day", "Last {count} days", WEEK).format(count=WEEK), WEEK),
        (ngettext("Last {count} day", "Last {count} days", DAYS).format(count=DAYS), DAYS),
    ]
    lines = [f"<b>{name}</b>\n{_figures(shown.last(days))}" for name, days in periods]
    users = _("Users: {count}").format(count=number(shown.users))
    when = _("{date}, by the time in {city}. Cancelled orders are left out.")
    return "\n\n".join([*lines, users, f"<i>{when.format(date=date_of(shown.today), city=city(zone))}</i>"])


def without_chart(shown: Statistics, zone: ZoneInfo) -> Screen:
    return Screen(stats(shown, zone)).noted(_("The chart could not be drawn this time; here are the figures."))


def chart(shown: Statistics) -> Chart:
    whole = shown.last(DAYS)
    revenue = [figures.revenue.amount for figures in shown.daily]
    orders = [figures.orders for figures in shown.daily]
    return Chart(
        [
            Panel(_("Revenue"), _total(whole.revenue), revenue, _revenue(revenue, whole.revenue.currency)),
            Panel(_("Orders"), number(whole.orders), orders, _orders(orders)),
        ],
        [Tick(at, short_date(shown.dates[at])) for at in range((DAYS - 1) % WEEK, DAYS, WEEK)],
        _("Nothing yet"),
    )


def _figures(shown: Figures) -> str:
    orders = ngettext("{count} order", "{count} orders", shown.orders).format(count=number(shown.orders))
    users = ngettext("{count} new user", "{count} new users", shown.new_users).format(count=number(shown.new_users))
    return " · ".join([money(shown.revenue), orders, users])


def _total(value: Money) -> str:
    exact = unescaped_money(value)
    return exact if len(exact) <= LONGEST_TOTAL else short_money(value)


def _revenue(values: list[int], currency: str) -> list[Tick]:
    return [Tick(amount, tick(Money(amount, currency))) for amount in scale(max(values), STEPS)]


def tick(value: Money) -> str:
    return unescaped_money(value) if value.decimal % 1 else short_money(value)


def _orders(values: list[int]) -> list[Tick]:
    return [Tick(count, number(count)) for count in scale(max(values), STEPS)]
