from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from zoneinfo import ZoneInfo

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _

from bot.domain.order_numbers import order_number
from bot.domain.orders import NEXT, Order, OrderDetails, OrderEvent, OrderId, Status
from bot.domain.pages import Cursor, Page
from bot.domain.users import User
from bot.views import orders as order_views
from bot.views.admin.customers import linked
from bot.views.admin.home import way_home
from bot.views.callback_data import AdminOrder, AdminOrders, AskToCancel, SetStatus, ShowCustomer
from bot.views.formatting import money, quoted, time
from bot.views.paging import turning
from bot.views.screen import Screen, button

PAGE = 8  # orders
#: Of a name in the history, which has several: as long as Telegram lets it be.
LONGEST_NAME = 64  # characters

#: The users whom an order concerns, as far as the bot knows them.
People = Mapping[int, User]


def orders(which: Literal["new", "open"], page: Page[Order], zone: ZoneInfo) -> Screen:
    def at(cursor: Cursor) -> AdminOrders:
        return AdminOrders(which=which, id=cursor.id, back=cursor.back)

    titles = {"new": _("New orders, the oldest first:"), "open": _("Open orders, the oldest first:")}
    rows = [[button(order_views.line(order, zone), AdminOrder(id=order.id))] for order in page.items]
    text = titles[which] if page.items else _("No orders here.")
    return Screen(text, [*rows, turning(page, at), _lists(), [way_home()]])


def order(shown: OrderDetails, people: People, zone: ZoneInfo) -> Screen:
    history = [
        f"{time(event.happened_at, zone)} · {order_views.status(event.status)} · {_who(event, people)}"
        for event in shown.events
    ]
    text = "\n".join([order_views.content(shown), "", _customer(shown.order, people), "", *history])
    user_id = shown.order.user_id
    customer = [button(_("Customer"), ShowCustomer(user_id=user_id))] if user_id else []
    return Screen(text, [_next(shown.order), customer, _lists(), [way_home()]])


def unknown() -> Screen:
    return Screen(_("There is no such order."), [_lists(), [way_home()]])


def changed_meanwhile(event: OrderEvent | None, people: People, zone: ZoneInfo) -> str:
    if event is None:
        return _("It has been changed meanwhile.")
    return _("It has been changed meanwhile: {status} · {who} · {time}").format(
        status=order_views.status(event.status), who=_who(event, people), time=time(event.happened_at, zone)
    )


def cancel_order(order_id: OrderId, before: Status) -> Screen:
    yes = SetStatus(id=order_id, before=before, after=Status.CANCELLED)
    return Screen(
        _("Cancel order {number}?").format(number=order_number(order_id)),
        [[button(_("Yes, cancel it"), yes), button(_("No"), AdminOrder(id=order_id))]],
    )


def impossible() -> str:
    return _("That cannot be made of an order.")


def new_order(order: Order) -> Screen:
    """Without the customer's name: what has been sent outlives a customer who wants to be forgotten."""
    text = _("New order {number}: {total}").format(number=order_number(order.id), total=money(order.total))
    return Screen(text, [[button(_("Show the order"), AdminOrder(id=order.id))]])


def cancelled_by_customer(order: Order) -> Screen:
    text = _("The customer has cancelled order {number}.").format(number=order_number(order.id))
    return Screen(text, [[button(_("Show the order"), AdminOrder(id=order.id))]])


def _next(order: Order) -> list[InlineKeyboardButton]:
    labels = {
        Status.PLACED: "",
        Status.CONFIRMED: _("Confirm"),
        Status.SHIPPED: _("Ship"),
        Status.DELIVERED: _("Delivered"),
        Status.CANCELLED: _("Cancel the order"),
    }
    return [button(labels[after], _step(order, after)) for after in NEXT[order.status]]


def _step(order: Order, after: Status) -> CallbackData:
    if after is Status.CANCELLED:
        return AskToCancel(id=order.id, before=order.status)
    return SetStatus(id=order.id, before=order.status, after=after)


def _lists() -> list[InlineKeyboardButton]:
    return [button(_("New orders"), AdminOrders(which="new")), button(_("Open orders"), AdminOrders(which="open"))]


def _customer(order: Order, people: People) -> str:
    if order.user_id is None:
        return _("The customer has been forgotten.")
    customer = people.get(order.user_id)
    name = linked(customer) if customer else str(order.user_id)
    return _("Customer: {customer}").format(customer=name)


def _who(event: OrderEvent, people: People) -> str:
    if event.admin_id is None:
        return _("the customer")
    admin = people.get(event.admin_id)
    return f"{quoted(admin.first_name, LONGEST_NAME)} ({event.admin_id})" if admin else str(event.admin_id)
