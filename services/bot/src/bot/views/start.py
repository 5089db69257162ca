from __future__ import annotations

from aiogram.utils.i18n import gettext as _

from bot.domain.users import User
from bot.views.callback_data import ShowCatalogue
from bot.views.commands import customers_commands, listed
from bot.views.formatting import quoted
from bot.views.screen import Screen, button


def welcome(user: User) -> Screen:
    greeting = _("Welcome, {name}!").format(name=quoted(user.first_name))
    return Screen(f"{greeting}\n\n{listed(customers_commands())}", [[button(_("Catalogue"), ShowCatalogue())]])
