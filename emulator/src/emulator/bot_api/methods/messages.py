"""Text: sent, edited, deleted, passed on."""

from __future__ import annotations

from typing import Any

from emulator.bot_api import reply_markup, sending, targets
from emulator.bot_api.arguments import Arguments
from emulator.bot_api.reply_markup import ReplyMarkup
from emulator.chats import Chat, Entry
from emulator.errors import bad_request
from emulator.fields import JsonObject, WrongField, boolean, integer, lower_first, text
from emulator.telegram import Telegram

MOST_IDENTIFIERS = 100
ACTIONS = (
    *("cancel", "typing", "record_video", "upload_video", "record_audio", "record_voice", "upload_audio"),
    *("upload_voice", "upload_photo", "upload_document", "choose_sticker", "pick_up_location", "find_location"),
    *("record_video_note", "upload_video_note"),
)


async def send_message(telegram: Telegram, arguments: Arguments) -> Any:
    return sending.send(telegram, arguments, _text(arguments))


async def edit_message_text(telegram: Telegram, arguments: Arguments) -> Any:
    content = _text(arguments)
    markup = reply_markup.read(arguments)
    chat, entry = _editable(telegram, arguments)
    if "text" not in entry.message:
        raise bad_request("there is no text in the message to edit")
    sending.check_length(content, "MESSAGE_TOO_LONG", "")
    gone = {"entities": None, "link_preview_options": None}
    return sending.edit(telegram, chat, entry, gone | content | _inline(markup, chat))


async def edit_message_caption(telegram: Telegram, arguments: Arguments) -> Any:
    markup = reply_markup.read(arguments)
    content = sending.caption(arguments)
    chat, entry = _editable(telegram, arguments)
    if "photo" not in entry.message and "document" not in entry.message:
        raise bad_request("there is no caption in the message to edit")
    sending.check_length(content, "", "MEDIA_CAPTION_TOO_LONG")
    changes = {"caption": None, "caption_entities": None} | content | _inline(markup, chat)
    return sending.edit(telegram, chat, entry, changes)


async def edit_message_reply_markup(telegram: Telegram, arguments: Arguments) -> Any:
    markup = reply_markup.read(arguments)
    chat, entry = _editable(telegram, arguments)
    return sending.edit(telegram, chat, entry, _inline(markup, chat))


async def delete_message(telegram: Telegram, arguments: Arguments) -> Any:
    if not arguments.text("chat_id"):
        raise bad_request("chat identifier is not specified")
    if not arguments.integer("message_id"):
        raise bad_request("message identifier is not specified")
    chat = targets.writable_chat(telegram, arguments)
    entry = targets.message(chat, arguments, "message to delete")
    _delete(telegram, chat, [entry])
    return True


async def delete_messages(telegram: Telegram, arguments: Arguments) -> Any:
    numbers = _identifiers(arguments)
    chat = targets.writable_chat(telegram, arguments)
    _delete(telegram, chat, [entry for number in dict.fromkeys(numbers) if (entry := chat.get(number))])
    return True


async def send_chat_action(telegram: Telegram, arguments: Arguments) -> Any:
    action = arguments.text("action").lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = targets.writable_chat(telegram, arguments)
    targets.check_deliverable(telegram, chat)
    telegram.events.publish("action", {"chat_id": chat.id, "action": action})
    return True


def _text(arguments: Arguments) -> JsonObject:
    preview = _link_preview(arguments)
    if not arguments.text("text"):
        raise bad_request("message text is empty")
    said = sending.formatted(arguments, "text", "entities")
    return {"text": said.text} | ({"entities": said.entities} if said.entities else {}) | preview


def _link_preview(arguments: Arguments) -> JsonObject:
    given = arguments.json("link_preview_options", "can't parse link preview options JSON object")
    if given is None:
        return {"link_preview_options": {"is_disabled": True}} if arguments.boolean("disable_web_page_preview") else {}
    if not isinstance(given, dict):
        raise bad_request("object expected as link preview options")
    flags = ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")
    try:
        shown: JsonObject = {flag: True for flag in flags if boolean(given, flag)}
        if url := text(given, "url", ""):
            shown["url"] = url
    except WrongField as wrong:
        raise bad_request(lower_first(str(wrong))) from None
    return {"link_preview_options": shown} if shown else {}


def _editable(telegram: Telegram, arguments: Arguments) -> tuple[Chat, Entry]:
    if not arguments.text("chat_id") and not arguments.integer("message_id"):
        if not arguments.text("inline_message_id"):
            raise bad_request("message identifier is not specified")
        raise bad_request("MESSAGE_ID_INVALID")
    chat = targets.writable_chat(telegram, arguments)
    entry = targets.message(chat, arguments, "message to edit")
    fixed = "invoice" in entry.message or "forward_origin" in entry.message or entry.keyboard is not None
    if entry.from_person is not None or fixed:
        raise bad_request("message can't be edited")
    return chat, entry


def _inline(markup: ReplyMarkup, chat: Chat) -> JsonObject:
    """The buttons that an edit leaves: those that it brings, or none."""
    if markup.keyboard is not None:
        raise bad_request("inline keyboard expected")
    reply_markup.check(markup, chat)
    return {"reply_markup": {"inline_keyboard": markup.inline} if markup.inline else None}


def _delete(telegram: Telegram, chat: Chat, entries: list[Entry]) -> None:
    """In a group a bot that is a mere member deletes only what it has sent."""
    if chat.type != "private" and any(entry.from_person is not None for entry in entries):
        raise bad_request("message can't be deleted")
    numbers = [entry.message["message_id"] for entry in entries]
    for number in numbers:
        chat.delete(number)
    if numbers:
        telegram.events.publish("deleted", {"chat_id": chat.id, "message_ids": numbers})
        telegram.changed.fire()


def _identifiers(arguments: Arguments) -> list[int]:
    given = arguments.json("message_ids", "can't parse message_ids JSON object")
    if given is None or given == []:
        raise bad_request("message identifiers are not specified")
    if not isinstance(given, list):
        raise bad_request("expected an Array of message identifiers")
    if len(given) > MOST_IDENTIFIERS:
        raise bad_request("too many message identifiers specified")
    return [_identifier(number) for number in given]


def _identifier(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise bad_request("message identifier must be a Number")
    try:
        number = integer({"number": given}, "number")
    except WrongField:
        raise bad_request("can't parse message identifier as Number") from None
    if number <= 0:
        raise bad_request("invalid message identifier specified")
    return number
