from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message

from bot.storage.orders import OrderStore
from bot.views.admin import home as views
from bot.views.callback_data import AdminHome

router = Router(name="admin home")


@router.message(Command("admin"))
async def admin(message: Message, orders: OrderStore) -> SendMessage:
    return views.home(await orders.counts()).answer(message)


@router.callback_query(AdminHome.filter())
async def home(press: CallbackQuery, orders: OrderStore) -> EditMessageText:
    return views.home(await orders.counts()).replace(press)
