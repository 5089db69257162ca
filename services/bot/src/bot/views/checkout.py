from __future__ import annotations

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.carts import Cart
from bot.domain.orders import LONGEST_NOTE, OrderId
from bot.views.callback_data import BeginCheckout, LeaveCheckout, PlaceOrder, SkipNote
from bot.views.cart import contents
from bot.views.formatting import quoted
from bot.views.screen import Screen, button


def ask_for_note() -> Screen:
    return Screen(
        _("Where to, and what should we know about the delivery? Write it in one message."),
        [[button(_("Nothing to add"), SkipNote())], [_leave()]],
    )


def note_too_long(length: int) -> Screen:
    return Screen(
        ngettext(
            "That is {length} character, and the note may have {most}. Please make it shorter.",
            "That is {length} characters, and the note may have {most}. Please make it shorter.",
            length,
        ).format(length=length, most=LONGEST_NOTE),
        [[_leave()]],
    )


def note_is_text() -> Screen:
    return Screen(_("Please write the delivery note as text."), [[button(_("Nothing to add"), SkipNote())], [_leave()]])


def summary(cart: Cart, note: str, order_id: OrderId) -> Screen:
    delivery = _("Delivery: {note}").format(note=quoted(note, LONGEST_NOTE)) if note else _("No delivery note")
    return Screen(
        f"{contents(cart)}\n\n{delivery}",
        [
            [button(_("Place the order"), PlaceOrder(id=order_id))],
            [button(_("Change the note"), BeginCheckout()), _leave()],
        ],
    )


def changed() -> str:
    return _("Prices or stock have changed meanwhile. Please look again.")


def is_over() -> str:
    return _("That checkout is over. This is your cart now.")


def _leave() -> InlineKeyboardButton:
    return button(_("Not now"), LeaveCheckout())
