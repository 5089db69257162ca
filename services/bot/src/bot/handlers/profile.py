from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.methods import SendMessage
from aiogram.types import Message
from aiogram.types import User as TelegramUser

from bot.domain.users import UserId
from bot.storage.users import UserStore
from bot.views import texts

router = Router(name="profile")


@router.message(Command("profile"))
async def profile(message: Message, event_from_user: TelegramUser, users: UserStore) -> SendMessage:
    user = await users.get(UserId(event_from_user.id))
    return message.answer(texts.profile(user) if user else texts.NOT_REGISTERED)
