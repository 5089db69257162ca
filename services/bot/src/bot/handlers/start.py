from __future__ import annotations

from aiogram import Router
from aiogram.filters import CommandStart
from aiogram.methods import SendMessage
from aiogram.types import Message
from aiogram.types import User as TelegramUser
from aiogram.utils.i18n import I18n

from bot.domain.shop import Shop
from bot.middlewares.acquaintance import identity_of
from bot.storage.users import UserStore
from bot.telegram.admin_menus import AdminMenus
from bot.telegram.handling import Handling
from bot.views import start as views

router = Router(name="start")


@router.message(CommandStart())
async def start(
    message: Message,
    event_from_user: TelegramUser,
    users: UserStore,
    i18n: I18n,
    shop: Shop,
    admin_menus: AdminMenus,
    handling: Handling,
) -> SendMessage | None:
    user = await users.register(identity_of(event_from_user))
    with i18n.use_locale(user.language):
        answer = views.welcome(user).answer(message)
    if user.id not in shop.admin_ids:
        return answer
    async with handling.transaction() as transaction:
        transaction.answer(answer)
        await admin_menus.show(transaction, user.id, user.language)
    return None
