from __future__ import annotations

from functools import cache

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import get_i18n
from aiogram.utils.i18n import gettext as _

from bot.domain.users import User
from bot.views.callback_data import ShowCatalogue
from bot.views.commands import customers_commands, listed
from bot.views.formatting import quoted
from bot.views.screen import Screen, button


def welcome(user: User) -> Screen:
    greeting = _("Welcome, {name}!").format(name=quoted(user.first_name))
    commands, catalogue = _for_everybody(get_i18n().current_locale)
    return Screen(f"{greeting}\n\n{commands}", [[catalogue]])


@cache
def _for_everybody(_locale: str) -> tuple[str, InlineKeyboardButton]:
    """In the current language, which is the one asked for."""
    return listed(customers_commands()), button(_("Catalogue"), ShowCatalogue())
