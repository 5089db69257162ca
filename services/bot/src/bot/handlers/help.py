from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command
from aiogram.methods import SendMessage
from aiogram.types import Message

from bot.views import texts

router = Router(name="help")


@router.message(Command("help"))
async def help_(message: Message) -> SendMessage:
    return message.answer(texts.HELP)


@router.message(F.chat.type == ChatType.PRIVATE)
async def not_understood(message: Message) -> SendMessage:
    return message.answer(texts.NOT_UNDERSTOOD)
