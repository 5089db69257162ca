from __future__ import annotations

from zoneinfo import ZoneInfo

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.order_numbers import order_number
from bot.domain.orders import LONGEST_NOTE, Order, OrderDetails, OrderId, OrderItem, Status
from bot.domain.pages import Page
from bot.views.callback_data import CancelOrder, ShowCatalogue, ShowOrder, ShowOrders
from bot.views.formatting import day, money, quoted, time
from bot.views.paging import turning
from bot.views.screen import Screen, button

PAGE = 8  # orders
#: So many lines of an order are shown.
MOST_ITEMS = 20


def orders(page: Page[Order], zone: ZoneInfo) -> Screen:
    if not page.items:
        return Screen(_("No orders here."), [[button(_("Catalogue"), ShowCatalogue())]])
    rows = [[button(line(order, zone), ShowOrder(id=order.id))] for order in page.items]
    return Screen(_("Your orders, the newest first:"), [*rows, turning(page, ShowOrders.at)])


def order(shown: OrderDetails, zone: ZoneInfo) -> Screen:
    cancel = button(_("Cancel this order"), CancelOrder(id=shown.order.id, sure=False))
    return Screen(
        details(shown, zone),
        [[cancel] if shown.order.customer_may_cancel else [], [button(_("All orders"), ShowOrders())]],
    )


def placed() -> str:
    return _("Thank you! Your order is placed.")


def unknown() -> Screen:
    return Screen(_("There is no such order."), [[button(_("All orders"), ShowOrders())]])


def cancel_order(order_id: OrderId) -> Screen:
    return Screen(
        _("Cancel order {number}?").format(number=order_number(order_id)),
        [[button(_("Yes, cancel it"), CancelOrder(id=order_id, sure=True)), button(_("No"), ShowOrder(id=order_id))]],
    )


def too_late() -> str:
    return _("It is too late to cancel this order.")


def notification(order: Order) -> Screen:
    """For the customer, when an admin has changed the status."""
    texts = {
        Status.PLACED: _("Your order {number} is placed."),
        Status.CONFIRMED: _("Your order {number} is confirmed."),
        Status.SHIPPED: _("Your order {number} is on its way."),
        Status.DELIVERED: _("Your order {number} is delivered. Enjoy!"),
        Status.CANCELLED: _("Your order {number} has been cancelled by the shop."),
    }
    text = texts[order.status].format(number=order_number(order.id))
    return Screen(text, [[button(_("Show the order"), ShowOrder(id=order.id))]])


def line(order: Order, zone: ZoneInfo) -> str:
    """For a button."""
    return f"{order_number(order.id)} · {day(order.placed_at, zone)} · {money(order.total)} · {status(order.status)}"


def details(shown: OrderDetails, zone: ZoneInfo) -> str:
    history = [f"{time(event.happened_at, zone)} · {status(event.status)}" for event in shown.events]
    return "\n".join([content(shown), "", *history])


def content(shown: OrderDetails) -> str:
    """What was ordered, and where it goes."""
    order = shown.order
    heading = _("Order {number}").format(number=order_number(order.id))
    parts = [f"<b>{heading}</b> · {status(order.status)}"]
    parts += [_item(item) for item in shown.items[:MOST_ITEMS]]
    if (more := len(shown.items) - MOST_ITEMS) > 0:
        parts.append(ngettext("and {count} more product", "and {count} more products", more).format(count=more))
    parts.append(_("Total: {total}").format(total=f"<b>{money(order.total)}</b>"))
    if order.delivery_note:
        parts += ["", _("Delivery: {note}").format(note=quoted(order.delivery_note, LONGEST_NOTE))]
    return "\n".join(parts)


def status(value: Status) -> str:
    names = {
        Status.PLACED: _("placed"),
        Status.CONFIRMED: _("confirmed"),
        Status.SHIPPED: _("shipped"),
        Status.DELIVERED: _("delivered"),
        Status.CANCELLED: _("cancelled"),
    }
    return names[value]


def _item(item: OrderItem) -> str:
    return f"{item.quantity} × {quoted(item.name)} · {money(item.total)}"
