from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.languages import LANGUAGES
from bot.domain.order_numbers import order_number
from bot.domain.orders import Order
from bot.domain.pages import Cursor, Page
from bot.domain.users import User
from bot.views import orders as order_views
from bot.views.admin.home import way_home
from bot.views.callback_data import AdminOrder, FindCustomer, ShowCustomer
from bot.views.formatting import day, number, quoted
from bot.views.paging import turning
from bot.views.screen import Screen, button

PAGE = 8  # orders
#: So many people of one name are shown.
MOST_CUSTOMERS = 10


def ask_who() -> Screen:
    return Screen(_("Who is it? Send me a Telegram id, a @username or an order number."), [[way_home()]])


def who_is_text() -> Screen:
    return Screen(_("Please send it as text, or /cancel."))


def not_understood() -> Screen:
    return Screen(
        _("That is no Telegram id, no @username and no order number. Such as: 123456789, @ada, 10-008"), _again()
    )


def nobody(is_misread: bool) -> Screen:
    lines = [_("Nobody found.")]
    if is_misread:
        lines.append(
            _("It is no order number, either: the check digit at its end does not fit. Perhaps it was misread?")
        )
    return Screen("\n".join(lines), _again())


def several(customers: Sequence[User]) -> Screen:
    rows = [[button(_label(customer), ShowCustomer(user_id=customer.id))] for customer in customers]
    return Screen(_("There are several:"), [*rows, *_again()])


def customer(shown: User, orders: Page[Order], count: int, zone: ZoneInfo, found_by: Order | None = None) -> Screen:
    """`found_by`: the order by whose number the customer was asked for."""

    def at(cursor: Cursor) -> ShowCustomer:
        return ShowCustomer(user_id=shown.id, id=cursor.id, back=cursor.back)

    first = []
    if found_by:
        label = _("Order {number}").format(number=order_number(found_by.id))
        first = [button(label, AdminOrder(id=found_by.id))]
    rows = [[button(order_views.line(order, zone), AdminOrder(id=order.id))] for order in orders.items]
    return Screen(_about(shown, count, zone), [first, *rows, turning(orders, at), *_again()])


def linked(shown: User) -> str:
    """Whoever presses it comes to the user's profile."""
    name = quoted(shown.first_name) if shown.first_name.strip() else str(shown.id)
    link = f'<a href="tg://user?id={shown.id}">{name}</a>'
    return f"{link} @{quoted(shown.username)}" if shown.username else link


def _about(shown: User, count: int, zone: ZoneInfo) -> str:
    lines = [
        linked(shown),
        _("ID: {id}").format(id=shown.id),
        _("Language: {language}").format(language=LANGUAGES[shown.language]),
        _("Joined: {day}").format(day=day(shown.created_at, zone)),
        _("Has blocked the bot: {day}").format(day=day(shown.blocked_at, zone)) if shown.blocked_at else "",
        ngettext("{count} order", "{count} orders", count).format(count=number(count)),
    ]
    return "\n".join(line for line in lines if line)


def _label(shown: User) -> str:
    return " · ".join([shown.first_name, *([f"@{shown.username}"] if shown.username else []), str(shown.id)])


def _again() -> list[list[InlineKeyboardButton]]:
    return [[button(_("Find a customer"), FindCustomer()), way_home()]]
