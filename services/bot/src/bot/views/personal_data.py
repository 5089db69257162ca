from __future__ import annotations

from collections.abc import Sequence

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.order_numbers import order_number
from bot.domain.orders import OrderId
from bot.domain.users import User
from bot.views.callback_data import Forget, ShowOrders
from bot.views.screen import Screen, button

#: So many orders are named.
MOST_NUMBERS = 20


def forget(user: User, open_orders: int) -> Screen:
    lines = [
        _(
            "Shall I forget you? Your name, settings, cart and delivery notes are erased, "
            "and nobody can bring them back."
        ),
        _("What remains of your orders is what was sold and when, without you."),
    ]
    if open_orders:
        lines.append(
            ngettext(
                "{count} order that is not confirmed yet is cancelled.",
                "{count} orders that are not confirmed yet are cancelled.",
                open_orders,
            ).format(count=open_orders)
        )
    since = since_of(user)
    yes, no = Forget(since=since, sure=True), Forget(since=since, sure=False)
    return Screen("\n\n".join(lines), [[button(_("Yes, forget me"), yes), button(_("No"), no)]])


def since_of(user: User) -> int:
    return int(user.created_at.timestamp())


def under_way(order_ids: Sequence[OrderId]) -> Screen:
    numbers = [order_number(order_id) for order_id in order_ids[:MOST_NUMBERS]]
    return Screen(
        _(
            "I have to know you until these orders have arrived: {numbers}. Ask me again then, or ask the shop to "
            "cancel them."
        ).format(numbers=", ".join([*numbers, "…"] if len(order_ids) > MOST_NUMBERS else numbers)),
        [[button(_("Orders"), ShowOrders())]],
    )


def forgotten() -> Screen:
    return Screen(_("I have forgotten you. /start begins anew."))


def kept() -> Screen:
    return Screen(_("Nothing was erased."))


def not_known() -> Screen:
    return Screen(_("I know nothing about you."))


def export_caption() -> str:
    return _("This is all that I know about you.")
