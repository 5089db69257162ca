"""Answers to pressed buttons."""

from __future__ import annotations

import time
from typing import Any

from emulator.bot_api.arguments import Arguments
from emulator.errors import bad_request
from emulator.telegram import Telegram

LONGEST_ANSWER = 200  # characters
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


async def answer_callback_query(telegram: Telegram, arguments: Arguments) -> Any:
    press = telegram.presses.awaiting(arguments.text("callback_query_id"), time.monotonic())
    if press is None:
        raise bad_request(TOO_OLD)
    text = arguments.text("text")
    if len(text) > LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    answer = {"text": text, "show_alert": arguments.boolean("show_alert"), "url": arguments.text("url")}
    took = round((time.monotonic() - press.at) * 1000, 1)
    press.answer = answer | {"answered_in_ms": took}
    if chat := telegram.chats.get(press.chat_id):
        chat.answer_times.settle(press.at)
    telegram.events.publish("callback_answer", press.shown() | press.answer)
    telegram.changed.fire()
    return True
