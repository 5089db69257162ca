"""What an update that was made elsewhere speaks of becomes known, so that the bot can answer it."""

from __future__ import annotations

import time
from typing import Any, TypeGuard

from emulator.chats import Chat, ChatType
from emulator.control.requests import HIGHEST_ID
from emulator.people import Person
from emulator.telegram import Telegram

_NAMES = ("first_name", "last_name", "username", "language_code")


def introduce(telegram: Telegram, update: dict[str, Any]) -> str:
    """The queue that the update belongs to; nobody is introduced by what is no message and no press."""
    content = next(iter(update.values()), None)
    message = content.get("message", content) if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(message, dict) or not _is_chat(message.get("chat")):
        return ""
    sender, chat_id = content.get("from"), message["chat"]["id"]
    if _is_person(sender):
        _meet(telegram, sender)
        _keep(telegram, message, sender["id"], "callback_query" in update)
    if "callback_query" not in update:
        return f"chat {chat_id}"
    if _is_person(sender) and isinstance(content.get("id"), str):
        telegram.presses.add(sender["id"], chat_id, message.get("message_id", 0), time.monotonic(), content["id"])
    return f"callback of {sender.get('id')}" if isinstance(sender, dict) else ""


def _meet(telegram: Telegram, sender: dict[str, Any]) -> None:
    if telegram.people.get(sender["id"]) is None:
        names = {name: sender[name] for name in _NAMES if isinstance(sender.get(name), str)}
        telegram.put_person(Person(sender["id"], **names))


def _keep(telegram: Telegram, message: dict[str, Any], sender_id: int, is_pressed: bool) -> None:
    described, message_id = message["chat"], message.get("message_id")
    chat = telegram.chats.get(described["id"])
    if chat is None and described["id"] < 0:
        title = str(described.get("title", ""))
        kind: ChatType = "group" if described.get("type") == "group" else "supergroup"
        chat = telegram.chats.put(Chat(described["id"], kind, title, {sender_id}))
        telegram.publish_chat(chat)
    if chat is None or not _is_id(message_id):
        return
    chat.number_from(message_id + 1)
    if chat.get(message_id) is None:
        sender = None if is_pressed else sender_id
        telegram.keep(chat, {"date": int(time.time())} | message, sender)


def _is_person(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict) and _is_id(value.get("id")) and isinstance(value.get("first_name"), str)


def _is_chat(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict) and (_is_id(value.get("id")) or _is_id(_negated(value.get("id"))))


def _negated(value: Any) -> Any:
    return -value if isinstance(value, int) else value


def _is_id(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < HIGHEST_ID
