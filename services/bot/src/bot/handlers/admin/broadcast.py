"""A message to all users: composed, shown as they will get it, and sent to each of them once."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message

from bot.domain.broadcasts import Broadcast, BroadcastId, BroadcastState
from bot.domain.users import Identity
from bot.storage.broadcasts import BroadcastStore
from bot.telegram.handling import Handling
from bot.views.admin import broadcast as views
from bot.views.callback_data import BeginBroadcast, LeaveBroadcast, SendBroadcast, ShowBroadcast, StopBroadcast
from bot.views.screen import Screen

router = Router(name="broadcast")


class Composing(StatesGroup):
    message = State()
    confirmation = State()


@router.message(Command("broadcast"))
async def broadcast(message: Message, broadcasts: BroadcastStore, state: FSMContext) -> SendMessage:
    return (await _ask(broadcasts, state)).answer(message)


@router.callback_query(BeginBroadcast.filter())
async def begin(press: CallbackQuery, broadcasts: BroadcastStore, state: FSMContext) -> EditMessageText:
    return (await _ask(broadcasts, state)).replace(press)


@router.message(StateFilter(Composing), F.media_group_id)
async def no_album(message: Message) -> SendMessage:
    return views.no_album().answer(message)


@router.message(StateFilter(Composing), ~F.text.startswith("/"))
async def take(message: Message, identity: Identity, broadcasts: BroadcastStore, state: FSMContext) -> SendMessage:
    try:
        await message.copy_to(message.chat.id)
    except TelegramBadRequest:
        return views.cannot_be_copied().answer(message)
    broadcast_id = await broadcasts.compose(identity.id, message.chat.id, message.message_id)
    await state.set_state(Composing.confirmation)
    await state.set_data({"broadcast_id": broadcast_id})
    return views.confirm(broadcast_id, await broadcasts.count_recipients()).answer(message)


@router.callback_query(LeaveBroadcast.filter())
async def leave(
    press: CallbackQuery, identity: Identity, broadcasts: BroadcastStore, state: FSMContext
) -> EditMessageText:
    await broadcasts.discard(identity.id)
    if (await state.get_state() or "").startswith(f"{Composing.__name__}:"):
        await state.clear()
    return views.not_sent().replace(press)


@router.callback_query(SendBroadcast.filter())
async def send(
    press: CallbackQuery,
    callback_data: SendBroadcast,
    identity: Identity,
    broadcasts: BroadcastStore,
    state: FSMContext,
    handling: Handling,
) -> EditMessageText | None:
    broadcast_id = BroadcastId(callback_data.id)
    shown = await state.get_data() if await state.get_state() == Composing.confirmation.state else {}
    if shown.get("broadcast_id") != broadcast_id:
        return _show(press, await broadcasts.get(broadcast_id), handling)
    assert press.message is not None
    async with handling.transaction() as transaction:
        await state.clear()
        if await broadcasts.begin(transaction.connection, broadcast_id, identity.id, press.message.message_id):
            # The message is from now on changed by the broadcaster alone.
            handling.toast(views.begun())
        else:
            transaction.answer(views.out_of_date().replace(press))
    return None


@router.callback_query(ShowBroadcast.filter())
async def show(
    press: CallbackQuery, callback_data: ShowBroadcast, broadcasts: BroadcastStore, handling: Handling
) -> EditMessageText | None:
    return _show(press, await broadcasts.get(BroadcastId(callback_data.id)), handling)


@router.callback_query(StopBroadcast.filter())
async def stop(
    press: CallbackQuery, callback_data: StopBroadcast, broadcasts: BroadcastStore, handling: Handling
) -> EditMessageText | None:
    """By any admin."""
    await broadcasts.stop(BroadcastId(callback_data.id))
    return _show(press, await broadcasts.get(BroadcastId(callback_data.id)), handling)


async def _ask(broadcasts: BroadcastStore, state: FSMContext) -> Screen:
    await state.set_state(Composing.message)
    await state.set_data({})
    return views.ask(await broadcasts.under_way())


def _show(press: CallbackQuery, broadcast: Broadcast | None, handling: Handling) -> EditMessageText | None:
    if broadcast is None or broadcast.state is BroadcastState.DRAFT:
        return views.out_of_date().replace(press)
    assert press.message is not None
    if broadcast.is_under_way and broadcast.is_told_in(press.message.chat.id, press.message.message_id):
        handling.toast(views.stopping() if broadcast.state is BroadcastState.STOPPING else views.under_way())
        return None
    return views.snapshot(broadcast).replace(press)
