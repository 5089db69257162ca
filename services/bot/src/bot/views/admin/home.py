from __future__ import annotations

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.orders import OrderCounts
from bot.views.callback_data import (
    AdminHome,
    AdminOrders,
    AdminProducts,
    BeginBroadcast,
    FindCustomer,
    ShowFailed,
    ShowStats,
)
from bot.views.formatting import number
from bot.views.screen import Screen, button


def home(counts: OrderCounts) -> Screen:
    lines = [
        ngettext("{count} new order", "{count} new orders", counts.new).format(count=number(counts.new)),
        ngettext("{count} open order", "{count} open orders", counts.open).format(count=number(counts.open)),
    ]
    return Screen(
        "\n".join(lines),
        [
            [button(_("New orders"), AdminOrders(which="new")), button(_("Open orders"), AdminOrders(which="open"))],
            [button(_("Find a customer"), FindCustomer())],
            [button(_("Products"), AdminProducts()), button(_("How the shop does"), ShowStats())],
            [button(_("Write to all users"), BeginBroadcast()), button(_("What failed"), ShowFailed())],
        ],
    )


def way_home() -> InlineKeyboardButton:
    return button(_("Administration"), AdminHome())
