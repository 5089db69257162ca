"""Whether users want to hear from the bot."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import ChatMemberUpdated

from bot.domain.users import UserId
from bot.storage.users import UserStore

router = Router(name="blocking")
router.my_chat_member.filter(F.chat.type == ChatType.PRIVATE)


@router.my_chat_member(F.new_chat_member.status == ChatMemberStatus.KICKED)
async def blocked(update: ChatMemberUpdated, users: UserStore) -> None:
    await users.mark_blocked(UserId(update.chat.id))


@router.my_chat_member(F.new_chat_member.status == ChatMemberStatus.MEMBER)
async def unblocked(update: ChatMemberUpdated, users: UserStore) -> None:
    await users.mark_unblocked(UserId(update.chat.id))
