from __future__ import annotations

from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.filters import Command
from aiogram.methods import SendMessage
from aiogram.types import Message

from bot.domain.users import User
from bot.storage.orders import OrderStore
from bot.views import profile as views

router = Router(name="profile")


@router.message(Command("profile"))
async def profile(message: Message, user: User | None, zone: ZoneInfo, orders: OrderStore) -> SendMessage:
    if user is None:
        return views.not_registered().answer(message)
    return views.profile(user, zone, await orders.count_of_user(user.id)).answer(message)
