from __future__ import annotations

from aiogram import Router
from aiogram.filters import CommandStart
from aiogram.methods import SendMessage
from aiogram.types import Message
from aiogram.types import User as TelegramUser

from bot.domain.users import Identity, UserId
from bot.storage.users import UserStore
from bot.views import texts

router = Router(name="start")


@router.message(CommandStart())
async def start(message: Message, event_from_user: TelegramUser, users: UserStore) -> SendMessage:
    identity = Identity(UserId(event_from_user.id), event_from_user.username, event_from_user.first_name)
    return message.answer(texts.welcome(await users.register(identity)))
