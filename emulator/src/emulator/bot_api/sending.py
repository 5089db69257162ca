"""What every message of the bot goes through, whatever it holds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from emulator.bot_api import reply_markup, targets
from emulator.bot_api.arguments import Arguments
from emulator.bot_api.reply_markup import ReplyMarkup
from emulator.chats import Chat, Entry, Message, without_reply
from emulator.errors import ApiError, bad_request
from emulator.fields import JsonObject, WrongField, boolean, integer, lower_first
from emulator.formatting import FormattedText, from_bot
from emulator.telegram import Telegram

LONGEST_TEXT = 4096  # characters, after the entities were parsed
LONGEST_CAPTION = 1024


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes, in answer to what, and with which buttons."""

    chat: Chat
    reply: JsonObject
    markup: ReplyMarkup


def formatted(arguments: Arguments, name: str, entities: str) -> FormattedText:
    """Raises ApiError 400."""
    source = arguments.text(name)
    if not source:
        return FormattedText("", [])
    given = arguments.values.get(entities)
    listed = _listed(arguments, entities) if given else None
    return from_bot(source, arguments.text("parse_mode"), listed)


def caption(arguments: Arguments) -> JsonObject:
    """The caption's part of a message. Raises ApiError 400."""
    said = formatted(arguments, "caption", "caption_entities")
    if not said.text:
        return {}
    return {"caption": said.text} | ({"caption_entities": said.entities} if said.entities else {})


def addressed(telegram: Telegram, arguments: Arguments) -> Address:
    """Raises ApiError 400 or 403 where the bot may not write."""
    wanted_reply = _reply_parameters(arguments)
    markup = reply_markup.read(arguments)
    chat = targets.writable_chat(telegram, arguments)
    if arguments.integer("message_thread_id") > 0:
        raise bad_request("message thread not found")
    return Address(chat, targets.reply(chat, wanted_reply), markup)


def send(telegram: Telegram, arguments: Arguments, content: JsonObject, pay_button: str = "") -> Message:
    """Raises ApiError 400, 403 or 429."""
    return deliver(telegram, addressed(telegram, arguments), content, pay_button)


def deliver(telegram: Telegram, address: Address, content: JsonObject, pay_button: str = "") -> Message:
    """Sends it, once the last has been checked. Raises ApiError 400, 403 or 429."""
    chat, markup = address.chat, address.markup
    if telegram.chats.get(chat.id) is not chat:
        raise bad_request("chat not found")  # forgotten while a picture was worked on
    check_length(content, "message is too long", "message caption is too long")
    reply_markup.check(markup, chat)
    targets.check_deliverable(telegram, chat)
    telegram.limits.admit(chat.id, time.monotonic())
    inline = markup.inline or ([[{"text": pay_button, "pay": True}]] if pay_button else None)
    if inline:
        content = content | {"reply_markup": {"inline_keyboard": inline}}
    content = {name: value for name, value in _with_users(telegram, content).items() if value is not None}
    message = telegram.new_message(chat, telegram.user, address.reply | content)
    entry = telegram.chats.add(chat, message, None, markup.keyboard)
    entry.answered_in_ms = chat.answer_times.answered(time.monotonic())
    telegram.publish_entry(chat, entry)
    telegram.counts.messages += 1
    return message


def check_length(content: JsonObject, text_too_long: str, caption_too_long: str) -> None:
    """Telegram finds out only after it knows the chat. Raises ApiError 400."""
    if not content.get("text", "something"):
        raise bad_request("text must be non-empty")
    if len(content.get("text", "")) > LONGEST_TEXT:
        raise bad_request(text_too_long)
    if len(content.get("caption", "")) > LONGEST_CAPTION:
        raise bad_request(caption_too_long)


def edit(telegram: Telegram, chat: Chat, entry: Entry, changes: JsonObject) -> Message:
    """Changes what is given and takes the rest as it is; a value of None takes a field away. Raises ApiError 400."""
    changes = _with_users(telegram, changes)
    changed = {name: value for name, value in (entry.message | changes).items() if value is not None}
    if _same(changed, entry.message):
        raise bad_request(NOT_MODIFIED)
    changed["edit_date"] = int(time.time())
    entry.message = changed
    entry.edits += 1
    entry.change = chat.bot_change = chat.next_change()
    if entry.answered_in_ms is None:
        entry.answered_in_ms = chat.answer_times.answered(time.monotonic())
    telegram.publish_entry(chat, entry)
    return without_reply(changed)


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)


def _with_users(telegram: Telegram, content: JsonObject) -> JsonObject:
    """Mentions show whom they mean; those of nobody that Telegram knows are plain text."""
    for name in ("entities", "caption_entities"):
        entities = content.get(name) or []
        if any(entity["type"] == "text_mention" for entity in entities):
            shown = [entity for entity in (_with_user(telegram, entity) for entity in entities) if entity]
            content = content | {name: shown or None}
    return content


def _with_user(telegram: Telegram, entity: JsonObject) -> JsonObject | None:
    if entity["type"] != "text_mention":
        return entity
    person = telegram.people.get(entity["user"]["id"])
    return entity | {"user": person.user} if person else None


def _same(one: Message, other: Message) -> bool:
    def content(message: Message) -> Message:
        return {name: value for name, value in message.items() if name != "edit_date"}

    return content(one) == content(other)


def _listed(arguments: Arguments, name: str) -> list[Any] | None:
    """Telegram passes over what is no list."""
    try:
        listed = arguments.json(name, "")
    except ApiError:
        return None
    return listed if isinstance(listed, list) else None


def _reply_parameters(arguments: Arguments) -> JsonObject:
    given = arguments.json("reply_parameters", "can't parse reply parameters JSON object")
    if given is None:
        return {
            "message_id": arguments.integer("reply_to_message_id"),
            "allow_sending_without_reply": arguments.boolean("allow_sending_without_reply"),
        }
    if not isinstance(given, dict):
        raise bad_request("object expected as reply parameters")
    if not given:
        return {}
    try:
        return {
            "message_id": integer(given, "message_id"),
            "allow_sending_without_reply": boolean(given, "allow_sending_without_reply"),
        }
    except WrongField as wrong:
        raise bad_request(lower_first(str(wrong))) from None
