"""Who the bot is, and with whom it speaks."""

from __future__ import annotations

from typing import Any

from emulator.bot_api import targets
from emulator.bot_api.arguments import Arguments
from emulator.chats import Chat
from emulator.errors import bad_request
from emulator.people import Person
from emulator.telegram import Telegram

_PERMISSIONS = (
    *("can_send_messages", "can_send_media_messages", "can_send_audios", "can_send_documents", "can_send_photos"),
    *("can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls"),
    *("can_send_other_messages", "can_add_web_page_previews", "can_change_info", "can_invite_users"),
    *("can_pin_messages", "can_manage_topics"),
)


async def get_me(telegram: Telegram, _: Arguments) -> Any:
    return telegram.user | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_chat(telegram: Telegram, arguments: Arguments) -> Any:
    chat = targets.readable_chat(telegram, arguments)
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), True
    )
    common = {"accepted_gift_types": gifts, "max_reaction_count": 11, "accent_color_id": abs(chat.id) % 7}
    return telegram.described(chat) | _of_type(telegram, chat) | common


async def get_chat_member(telegram: Telegram, arguments: Arguments) -> Any:
    person_id = targets.person_id(arguments)
    chat = targets.readable_chat(telegram, arguments)
    if person_id == telegram.user["id"]:
        return {"user": telegram.user, "status": chat.bot_status}
    targets.check_membership(chat)
    person = telegram.people.get(person_id)
    if person is None:
        raise bad_request("user not found")
    return {"user": person.user} | _standing(chat, person)


async def get_chat_member_count(telegram: Telegram, arguments: Arguments) -> Any:
    return len(targets.readable_chat(telegram, arguments).members) + 1


def _of_type(telegram: Telegram, chat: Chat) -> dict[str, Any]:
    if chat.type != "private":
        return {"permissions": dict.fromkeys(_PERMISSIONS, True)}
    person = telegram.people.get(chat.id)
    return {"active_usernames": [person.username]} if person and person.username else {}


def _standing(chat: Chat, person: Person) -> dict[str, Any]:
    if person.id not in chat.members:
        return {"status": "left"}
    return {"status": "creator", "is_anonymous": False} if person.id == chat.creator else {"status": "member"}
