"""Messages passed on: forwarded with their origin, or copied without it."""

from __future__ import annotations

from typing import Any

from emulator.bot_api import sending, targets
from emulator.bot_api.arguments import Arguments
from emulator.chats import Entry
from emulator.errors import bad_request
from emulator.fields import JsonObject
from emulator.telegram import Telegram

_SERVICE = (
    *("new_chat_members", "left_chat_member", "migrate_to_chat_id", "migrate_from_chat_id"),
    *("successful_payment", "refunded_payment"),
)


async def forward_message(telegram: Telegram, arguments: Arguments) -> Any:
    entry = _source(telegram, arguments, "message to forward")
    if _is_service(entry):
        raise bad_request("message can't be forwarded")
    sender = entry.message.get("from") or telegram.user
    date = entry.message["date"]
    origin = {"type": "user", "sender_user": sender, "date": date}
    content = {"forward_origin": origin, "forward_from": sender, "forward_date": date} | _content(entry)
    return sending.send(telegram, arguments, content)


async def copy_message(telegram: Telegram, arguments: Arguments) -> Any:
    new_caption = sending.caption(arguments) if "caption" in arguments.values else None
    entry = _source(telegram, arguments, "message to copy")
    if "invoice" in entry.message or _is_service(entry):
        raise bad_request("message can't be copied")
    content = {name: value for name, value in _content(entry).items() if not name.startswith("forward_")}
    if new_caption is not None and ("photo" in content or "document" in content):
        content = {name: value for name, value in content.items() if not name.startswith("caption")} | new_caption
    return {"message_id": sending.send(telegram, arguments, content)["message_id"]}


def _source(telegram: Telegram, arguments: Arguments, what: str) -> Entry:
    if not arguments.text("from_chat_id"):
        raise bad_request('parameter "from_chat_id" is required')
    chat = targets.readable_chat(telegram, arguments, "from_chat_id")
    return targets.message(chat, arguments, what)


def _is_service(entry: Entry) -> bool:
    return any(name in entry.message for name in _SERVICE)


_ENVELOPE = ("message_id", "from", "chat", "date", "edit_date", "reply_to_message", "reply_markup")


def _content(entry: Entry) -> JsonObject:
    return {name: value for name, value in entry.message.items() if name not in _ENVELOPE}
