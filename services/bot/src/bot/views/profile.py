from __future__ import annotations

from zoneinfo import ZoneInfo

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.domain.languages import LANGUAGES
from bot.domain.users import User
from bot.views.callback_data import ShowOrders, ShowSettings
from bot.views.formatting import day, number, quoted
from bot.views.screen import Screen, button


def profile(user: User, zone: ZoneInfo, orders: int) -> Screen:
    lines = [
        _("ID: {id}").format(id=user.id),
        _("Name: {name}").format(name=quoted(user.first_name)),
        _("Username: {username}").format(username=f"@{quoted(user.username)}") if user.username else None,
        _("Language: {language}").format(language=LANGUAGES[user.language]),
        _("Joined: {day}").format(day=day(user.created_at, zone)),
        ngettext("{count} order", "{count} orders", orders).format(count=number(orders)),
    ]
    text = "\n".join(line for line in lines if line)
    return Screen(text, [[button(_("Orders"), ShowOrders()), button(_("Settings"), ShowSettings())]])


def not_registered() -> Screen:
    return Screen(_("Not registered yet. Send /start."))
