from __future__ import annotations

from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message

from bot.domain.pages import Cursor
from bot.storage.failed_updates import FailedUpdateStore
from bot.views.admin import failed as views
from bot.views.callback_data import DropFailed, ReplayAllFailed, ReplayFailed, ShowFailed, ShowFailedUpdate
from bot.views.screen import Screen

# Replayed, an update has another id, and a button that names the old one finds nothing. So nothing here is in the
# transaction of the press, which would hold the locks of other chats while it waits for its own.

router = Router(name="admin failed")


@router.message(Command("failed"))
async def failed(message: Message, zone: ZoneInfo, failed_updates: FailedUpdateStore) -> SendMessage:
    return (await _list(failed_updates, zone)).answer(message)


@router.callback_query(ShowFailed.filter())
async def show_failed(
    press: CallbackQuery, callback_data: ShowFailed, zone: ZoneInfo, failed_updates: FailedUpdateStore
) -> EditMessageText:
    return (await _list(failed_updates, zone, callback_data.cursor)).replace(press)


@router.callback_query(ShowFailedUpdate.filter())
async def show_failed_update(
    press: CallbackQuery, callback_data: ShowFailedUpdate, zone: ZoneInfo, failed_updates: FailedUpdateStore
) -> EditMessageText:
    update = await failed_updates.get(callback_data.id)
    if update is None:
        return (await _list(failed_updates, zone)).noted(views.gone()).replace(press)
    return views.failed_update(update, zone).replace(press)


@router.callback_query(ReplayFailed.filter())
async def replay(
    press: CallbackQuery, callback_data: ReplayFailed, zone: ZoneInfo, failed_updates: FailedUpdateStore
) -> EditMessageText:
    count = await failed_updates.replay([callback_data.id])
    note = views.replayed(count) if count else views.gone()
    return (await _list(failed_updates, zone)).noted(note).replace(press)


@router.callback_query(ReplayAllFailed.filter())
async def replay_all(
    press: CallbackQuery, callback_data: ReplayAllFailed, zone: ZoneInfo, failed_updates: FailedUpdateStore
) -> EditMessageText:
    count = await failed_updates.replay_up_to(callback_data.up_to)
    note = views.replayed(count) if count else views.none_left()
    return (await _list(failed_updates, zone)).noted(note).replace(press)


@router.callback_query(DropFailed.filter(~F.sure))
async def ask_to_drop(
    press: CallbackQuery, callback_data: DropFailed, zone: ZoneInfo, failed_updates: FailedUpdateStore
) -> EditMessageText:
    update = await failed_updates.get(callback_data.id)
    if update is None:
        return (await _list(failed_updates, zone)).noted(views.gone()).replace(press)
    return views.ask_to_drop(update).replace(press)


@router.callback_query(DropFailed.filter(F.sure))
async def drop(
    press: CallbackQuery, callback_data: DropFailed, zone: ZoneInfo, failed_updates: FailedUpdateStore
) -> EditMessageText:
    count = await failed_updates.drop([callback_data.id])
    note = views.dropped() if count else views.gone()
    return (await _list(failed_updates, zone)).noted(note).replace(press)


async def _list(failed_updates: FailedUpdateStore, zone: ZoneInfo, cursor: Cursor | None = None) -> Screen:
    count, newest_id = await failed_updates.count()
    page = await failed_updates.newest(cursor or Cursor(), views.PAGE)
    return views.failed(page, count, newest_id, zone)
