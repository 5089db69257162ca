from __future__ import annotations

from aiogram.utils.i18n import gettext as _

from bot.domain.order_numbers import order_number
from bot.domain.orders import Order
from bot.views.callback_data import AdminOrder
from bot.views.formatting import money
from bot.views.screen import Screen, button


def new_order(order: Order) -> Screen:
    """Without the customer's name: what has been sent outlives a customer who wants to be forgotten."""
    text = _("New order {number}: {total}").format(number=order_number(order.id), total=money(order.total))
    return Screen(text, [[button(_("Show the order"), AdminOrder(id=order.id))]])


def cancelled_by_customer(order: Order) -> Screen:
    text = _("The customer has cancelled order {number}.").format(number=order_number(order.id))
    return Screen(text, [[button(_("Show the order"), AdminOrder(id=order.id))]])
