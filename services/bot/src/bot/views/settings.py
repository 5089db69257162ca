from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n.context import get_i18n
from babel.dates import format_time

from bot.domain.languages import LANGUAGES
from bot.domain.settings import Settings
from bot.views.callback_data import (
    ChooseLanguage,
    ChooseNotifications,
    ChooseZone,
    ShowLanguages,
    ShowSettings,
    ShowZones,
)
from bot.views.formatting import city
from bot.views.screen import Screen, button

#: By region, from west to east.
ZONES = {
    "america": (
        *("Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Mexico_City"),
        *("America/Chicago", "America/Bogota", "America/Lima", "America/New_York", "America/Caracas"),
        *("America/Santiago", "America/Halifax", "America/Argentina/Buenos_Aires", "America/Sao_Paulo"),
    ),
    "europe": (
        *("Atlantic/Azores", "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Paris", "Europe/Berlin"),
        *("Europe/Rome", "Europe/Vienna", "Europe/Warsaw", "Europe/Athens", "Europe/Kyiv", "Europe/Minsk"),
        *("Europe/Moscow", "Europe/Istanbul", "Europe/Samara"),
    ),
    "africa": (
        *("Africa/Casablanca", "Africa/Lagos", "Africa/Cairo", "Africa/Johannesburg", "Africa/Nairobi"),
        *("Asia/Jerusalem", "Asia/Riyadh", "Asia/Dubai"),
    ),
    "asia": (
        *("Asia/Tbilisi", "Asia/Yerevan", "Asia/Yekaterinburg", "Asia/Tashkent", "Asia/Almaty", "Asia/Kolkata"),
        *("Asia/Novosibirsk", "Asia/Bangkok", "Asia/Jakarta", "Asia/Krasnoyarsk", "Asia/Shanghai", "Asia/Singapore"),
        *("Asia/Irkutsk", "Asia/Tokyo", "Asia/Seoul", "Asia/Vladivostok"),
    ),
    "oceania": ("Australia/Perth", "Australia/Adelaide", "Australia/Sydney", "Pacific/Auckland"),
}


def settings(chosen: Settings, language: str, zone: ZoneInfo, now: datetime) -> Screen:
    told = _("Order notifications: on") if chosen.order_notifications else _("Order notifications: off")
    lines = [
        _("Language: {language}").format(language=LANGUAGES[language]),
        _("Time zone: {zone}").format(zone=_zone(zone.key, now)),
        told,
    ]
    notify = ChooseNotifications(on=not chosen.order_notifications)
    return Screen(
        "\n".join(lines),
        [
            [button(_("Language"), ShowLanguages()), button(_("Time zone"), ShowZones(region=None))],
            [button(_("Turn notifications off") if chosen.order_notifications else _("Turn notifications on"), notify)],
        ],
    )


def languages(chosen: Settings) -> Screen:
    offered = [
        [button(_marked(name, code == chosen.language), ChooseLanguage(code=code))] for code, name in LANGUAGES.items()
    ]
    told = button(_marked(_("As in Telegram"), chosen.language is None), ChooseLanguage(code=None))
    return Screen(_("Which language shall I speak?"), [*offered, [told], [_back()]])


def regions() -> Screen:
    names = {
        "america": _("America"),
        "europe": _("Europe"),
        "africa": _("Africa and the Middle East"),
        "asia": _("Asia"),
        "oceania": _("Australia and Oceania"),
    }
    rows = [[button(name, ShowZones(region=region))] for region, name in names.items()]
    shop = button(_("As the shop"), ChooseZone(name=None))
    return Screen(_("Where are you? I show times as they are there."), [*rows, [shop], [_back()]])


def zones(region: str, chosen: Settings, now: datetime) -> Screen:
    offered = [
        button(_marked(_zone(name, now), name == chosen.time_zone), ChooseZone(name=name)) for name in ZONES[region]
    ]
    rows = [offered[start : start + 2] for start in range(0, len(offered), 2)]
    return Screen(_("Where is it the time that your clock shows?"), [*rows, [_back()]])


def _zone(name: str, now: datetime) -> str:
    locale = get_i18n().current_locale
    zone = ZoneInfo(name)
    return f"{city(zone)}, {format_time(now, 'short', tzinfo=zone, locale=locale)}"


def _marked(text: str, is_chosen: bool) -> str:
    return f"✓ {text}" if is_chosen else text


def _back() -> InlineKeyboardButton:
    return button(_("Back"), ShowSettings())
