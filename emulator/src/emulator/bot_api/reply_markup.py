"""Keyboards: read, checked and brought into the form in which Telegram keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emulator.bot_api import buttons
from emulator.bot_api.arguments import Arguments
from emulator.chats import Chat
from emulator.errors import bad_request
from emulator.fields import JsonObject, WrongField, array, boolean, lower_first, text

LONGEST_DATA = 64  # bytes
LONGEST_ROW = 12  # buttons
MOST_BUTTONS = 300

#: All of them are read, whichever counts; the first of each pair is Telegram's older name.
_FLAGS = (
    *("hide_keyboard", "remove_keyboard", "personal_keyboard", "selective"),
    *("force_reply_keyboard", "force_reply"),
)
_SHAPES = ("resize_keyboard", "one_time_keyboard", "is_persistent")


@dataclass(frozen=True, slots=True)
class ReplyMarkup:
    #: Rows of buttons under the message.
    inline: list[list[JsonObject]] | None = None
    #: What happens to the person's own keyboard: keyboard, remove_keyboard or force_reply.
    keyboard: JsonObject | None = None


NONE = ReplyMarkup()


def read(arguments: Arguments) -> ReplyMarkup:
    """Raises ApiError 400."""
    markup = arguments.json("reply_markup", "can't parse reply keyboard markup JSON object")
    if markup is None:
        return NONE
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    try:
        return _read(markup)
    except WrongField as wrong:
        raise bad_request(lower_first(str(wrong))) from None


def check(markup: ReplyMarkup, chat: Chat) -> None:
    """What Telegram checks once it knows the chat. Raises ApiError 400."""
    inline = _flat(markup.inline or [])
    for button in inline:
        buttons.check_inline(button)
    for button in _flat((markup.keyboard or {}).get("keyboard", [])):
        buttons.check_own(button, chat)
    for button in inline:
        if len(button.get("callback_data", "").encode()) > LONGEST_DATA:
            raise bad_request("BUTTON_DATA_INVALID")


def _flat(rows: list[list[JsonObject]]) -> list[JsonObject]:
    return [button for row in rows for button in row]


def _read(markup: JsonObject) -> ReplyMarkup:
    own = _rows(markup, "keyboard", 'field "keyboard" must be an Array of Arrays', buttons.read_own)
    arrays = 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
    inline = _rows(markup, "inline_keyboard", arrays, buttons.read_inline)
    flags = {name: boolean(markup, name) for name in _FLAGS}
    remove = flags["hide_keyboard"] or flags["remove_keyboard"]
    selective = {"selective": True} if flags["personal_keyboard"] or flags["selective"] else {}
    placeholder = _given(markup, "input_field_placeholder")
    if own:
        shape = {flag: True for flag in _SHAPES if boolean(markup, flag)}
        return ReplyMarkup(keyboard={"keyboard": own} | shape | placeholder | selective)
    if inline:
        return ReplyMarkup(inline=inline)
    if remove:
        return ReplyMarkup(keyboard={"remove_keyboard": True} | selective)
    if flags["force_reply_keyboard"] or flags["force_reply"]:
        return ReplyMarkup(keyboard={"force_reply": True} | placeholder | selective)
    return NONE


def _given(fields: JsonObject, name: str) -> JsonObject:
    value = text(fields, name, "")
    return {name: value} if value else {}


def _rows(markup: JsonObject, name: str, arrays: str, read_button: Any) -> list[list[JsonObject]]:
    """Empty buttons and rows are left out, and what is too much is cut off, as Telegram does."""
    rows: list[list[JsonObject]] = []
    left = MOST_BUTTONS
    for row in array(markup, name):
        if not isinstance(row, list):
            raise WrongField(arrays)
        shown = [button for button in map(read_button, row) if button["text"]]
        shown = shown[: min(LONGEST_ROW, left)]
        left -= len(shown)
        if shown:
            rows.append(shown)
    return rows
