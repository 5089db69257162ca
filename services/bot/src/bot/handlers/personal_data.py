from __future__ import annotations

import json

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.methods import EditMessageText, SendDocument, SendMessage
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from bot.domain.orders import Status
from bot.domain.users import Identity, User
from bot.storage.personal_data import PersonalDataStore
from bot.telegram.handling import Handling
from bot.views import personal_data as views
from bot.views.callback_data import Forget

router = Router(name="personal_data")


@router.message(Command("export"))
async def export(message: Message, identity: Identity, personal_data: PersonalDataStore) -> SendDocument | SendMessage:
    exported = await personal_data.export(identity.id)
    if exported is None:
        return views.not_known().answer(message)
    content = json.dumps(exported, ensure_ascii=False, indent=2).encode()
    return message.answer_document(BufferedInputFile(content, "my-data.json"), caption=views.export_caption())


@router.message(Command("forget"))
async def forget(message: Message, user: User | None, personal_data: PersonalDataStore) -> SendMessage:
    if user is None:
        return views.not_known().answer(message)
    open_orders = await personal_data.open_orders(user.id)
    under_way = [order_id for order_id, status in open_orders.items() if status is not Status.PLACED]
    return (views.under_way(under_way) if under_way else views.forget(user, len(open_orders))).answer(message)


@router.callback_query(Forget.filter(F.sure))
async def forget_now(
    press: CallbackQuery,
    callback_data: Forget,
    user: User | None,
    personal_data: PersonalDataStore,
    state: FSMContext,
    handling: Handling,
) -> EditMessageText | None:
    if user is None or views.since_of(user) != callback_data.since:
        return views.forgotten().replace(press)
    async with handling.transaction() as transaction:
        under_way = await personal_data.erase(transaction.connection, user.id)
        if not under_way:
            await state.clear()
        transaction.answer((views.under_way(under_way) if under_way else views.forgotten()).replace(press))
    return None


@router.callback_query(Forget.filter(~F.sure))
async def keep(press: CallbackQuery) -> EditMessageText:
    return views.kept().replace(press)
