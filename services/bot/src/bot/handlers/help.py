from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.methods import SendMessage
from aiogram.types import CallbackQuery, Message

from bot.domain.shop import Shop
from bot.domain.users import Identity
from bot.telegram.handling import Handling
from bot.views import help as views

router = Router(name="help")


@router.message(Command("help"))
async def help_(message: Message, identity: Identity, shop: Shop) -> SendMessage:
    return views.help_(identity.id in shop.admin_ids).answer(message)


@router.message(Command("cancel"))
async def cancel(message: Message, state: FSMContext) -> SendMessage:
    if await state.get_state() is None:
        return views.nothing_to_cancel().answer(message)
    await state.clear()
    return views.cancelled().answer(message)


@router.message()
async def not_understood(message: Message) -> SendMessage:
    return views.not_understood().answer(message)


@router.callback_query()
async def out_of_date(_: CallbackQuery, handling: Handling) -> None:
    handling.toast(views.out_of_date())
