"""Who writes in an update that was made elsewhere becomes known, so that the bot can answer."""

from __future__ import annotations

from typing import Any

from emulator.control.requests import HIGHEST_ID
from emulator.people import Person
from emulator.telegram import Telegram

_NAMES = ("first_name", "last_name", "username", "language_code")


def introduce(telegram: Telegram, update: dict[str, Any]) -> str:
    """The queue that the update belongs to; nobody is introduced by what is no message and no press."""
    content = next((value for name, value in update.items() if name != "update_id"), None)
    if not isinstance(content, dict):
        return ""
    message = content.get("message", content)
    sender, chat = content.get("from"), message.get("chat") if isinstance(message, dict) else None
    if not isinstance(sender, dict) or not isinstance(chat, dict) or not _is_id(chat.get("id")):
        return ""
    if _is_id(sender.get("id")) and isinstance(sender.get("first_name"), str):
        _meet(telegram, sender)
    known = telegram.chats.get(chat["id"])
    if known and _is_id(message.get("message_id")):
        known.number_from(message["message_id"] + 1)
    return f"callback of {sender.get('id')}" if "callback_query" in update else f"chat {chat['id']}"


def _meet(telegram: Telegram, sender: dict[str, Any]) -> None:
    if telegram.people.get(sender["id"]) is None:
        names = {name: sender[name] for name in _NAMES if isinstance(sender.get(name), str)}
        telegram.put_person(Person(sender["id"], **names))


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < HIGHEST_ID
