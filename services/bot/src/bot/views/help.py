from __future__ import annotations

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _

from bot.views.commands import admins_commands, customers_commands, listed
from bot.views.screen import Screen


def help_(is_admin: bool) -> Screen:
    parts = [listed(customers_commands())]
    if is_admin:
        parts += [_("For admins:"), listed(admins_commands())]
    return Screen("\n\n".join(parts))


def not_understood() -> Screen:
    return Screen(_("I don't know that one. /help lists what I can do."))


def nothing_to_cancel() -> Screen:
    return Screen(_("There is nothing to cancel."))


def cancelled() -> Screen:
    return Screen(_("Cancelled."))


def out_of_date() -> str:
    return _("This button is out of date. /help lists what I can do.")


def only_in_private(username: str) -> Screen:
    opened = InlineKeyboardButton(text=_("Write to me"), url=f"https://t.me/{username}?start=group")
    return Screen(_("I talk to one person at a time: write to me in private."), [[opened]])


def slower() -> str:
    return _("That was a lot at once. I go on reading in a moment; what came just now I have not read.")
