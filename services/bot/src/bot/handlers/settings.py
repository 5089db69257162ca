from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import I18n

from bot.domain.languages import LANGUAGES, language
from bot.domain.settings import Settings, time_zones
from bot.domain.shop import Shop
from bot.domain.users import Identity
from bot.storage.users import UserStore
from bot.telegram.admin_menus import AdminMenus
from bot.telegram.handling import Handling
from bot.views import settings as views
from bot.views.callback_data import (
    ChooseLanguage,
    ChooseNotifications,
    ChooseZone,
    ShowLanguages,
    ShowSettings,
    ShowZones,
)

router = Router(name="settings")


@router.message(Command("settings"))
async def settings_(message: Message, settings: Settings, zone: ZoneInfo, i18n: I18n) -> SendMessage:
    return views.settings(settings, i18n.current_locale, zone, _now()).answer(message)


@router.callback_query(ShowSettings.filter())
async def show_settings(press: CallbackQuery, settings: Settings, zone: ZoneInfo, i18n: I18n) -> EditMessageText:
    return views.settings(settings, i18n.current_locale, zone, _now()).replace(press)


@router.callback_query(ShowLanguages.filter())
async def show_languages(press: CallbackQuery, settings: Settings) -> EditMessageText:
    return views.languages(settings).replace(press)


@router.callback_query(ChooseLanguage.filter(F.code.in_({*LANGUAGES, None})))
async def choose_language(
    press: CallbackQuery,
    callback_data: ChooseLanguage,
    identity: Identity,
    users: UserStore,
    shop: Shop,
    i18n: I18n,
    admin_menus: AdminMenus,
    handling: Handling,
) -> EditMessageText | None:
    answer = await _choose(press, {"language": callback_data.code}, identity, users, shop, i18n)
    if identity.id not in shop.admin_ids:
        return answer
    async with handling.transaction() as transaction:
        transaction.answer(answer)
        spoken = language(callback_data.code, identity.language_code)
        await admin_menus.show(transaction, identity.id, spoken)
    return None


@router.callback_query(ShowZones.filter(~F.region))
async def show_regions(press: CallbackQuery) -> EditMessageText:
    return views.regions().replace(press)


@router.callback_query(ShowZones.filter(F.region.in_(views.ZONES)))
async def show_zones(press: CallbackQuery, callback_data: ShowZones, settings: Settings) -> EditMessageText:
    return views.zones(str(callback_data.region), settings, _now()).replace(press)


@router.callback_query(ChooseZone.filter())
async def choose_zone(
    press: CallbackQuery, callback_data: ChooseZone, identity: Identity, users: UserStore, shop: Shop, i18n: I18n
) -> EditMessageText:
    name = callback_data.name if callback_data.name in time_zones() else None
    return await _choose(press, {"time_zone": name}, identity, users, shop, i18n)


@router.callback_query(ChooseNotifications.filter())
async def choose_notifications(
    press: CallbackQuery,
    callback_data: ChooseNotifications,
    identity: Identity,
    users: UserStore,
    shop: Shop,
    i18n: I18n,
) -> EditMessageText:
    return await _choose(press, {"order_notifications": callback_data.on}, identity, users, shop, i18n)


async def _choose(
    press: CallbackQuery, changes: dict[str, Any], identity: Identity, users: UserStore, shop: Shop, i18n: I18n
) -> EditMessageText:
    chosen = await users.change_settings(identity, changes)
    spoken = language(chosen.language, identity.language_code)
    with i18n.use_locale(spoken):
        return views.settings(chosen, spoken, chosen.zone(shop.zone), _now()).replace(press)


def _now() -> datetime:
    return datetime.now(UTC)
