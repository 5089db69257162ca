"""Where several people read along, nothing of anybody's is shown."""

from __future__ import annotations

import re

from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command
from aiogram.methods import SendMessage
from aiogram.types import CallbackQuery, Message

from bot.views import help as views
from bot.views.commands import CUSTOMERS

router = Router(name="groups")
router.message.filter(F.chat.type != ChatType.PRIVATE)


@router.message(Command(*CUSTOMERS))
@router.message(Command(re.compile(".*"), magic=F.mention))  # the filter takes no other bot's name
async def only_in_private(message: Message, bot: Bot) -> SendMessage:
    said = views.only_in_private((await bot.me()).username or "").answer(message)
    topic = message.message_thread_id if message.is_topic_message else None
    return said.model_copy(update={"message_thread_id": topic})


@router.message()
async def not_for_us(_: Message) -> None: ...


@router.callback_query(~F.message | (F.message.chat.type != ChatType.PRIVATE))
async def forwarded(_: CallbackQuery) -> None: ...
