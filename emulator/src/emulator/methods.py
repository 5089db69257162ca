"""The methods of the Bot API: each takes the bot and its parameters and returns the result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from emulator.bot_account import BotAccount
from emulator.entities import parse_html, utf16_length
from emulator.errors import bad_request
from emulator.parameters import from_json, integer
from emulator.updates import LARGEST_BATCH

LONGEST_TEXT = 4096  # UTF-16 units, after the entities were parsed

Parameters = dict[str, Any]
Method = Callable[[BotAccount, Parameters], Awaitable[Any]]


async def get_me(bot: BotAccount, _: Parameters) -> Any:
    abilities = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return bot.user | abilities


async def get_updates(bot: BotAccount, parameters: Parameters) -> Any:
    return await bot.updates.get(
        offset=integer(parameters, "offset", 0),
        limit=integer(parameters, "limit", LARGEST_BATCH),
        timeout=integer(parameters, "timeout", 0),
    )


async def delete_webhook(_: BotAccount, __: Parameters) -> Any:
    return True


async def set_my_commands(bot: BotAccount, parameters: Parameters) -> Any:
    bot.commands = from_json(parameters, "commands", [])
    return True


async def get_my_commands(bot: BotAccount, _: Parameters) -> Any:
    return bot.commands


async def send_message(bot: BotAccount, parameters: Parameters) -> Any:
    source = str(parameters.get("text", ""))
    text, entities = _formatted(source, str(parameters.get("parse_mode", "")))
    if not text.strip():
        raise bad_request("message text is empty")
    if utf16_length(text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    chat = bot.chats.get(integer(parameters, "chat_id"))
    message = chat.add(bot.user, text=text, **({"entities": entities} if entities else {}))
    await bot.chats.changed()
    return message


def _formatted(source: str, parse_mode: str) -> tuple[str, list[dict[str, Any]]]:
    match parse_mode.lower():
        case "":
            return source, []
        case "html":
            return parse_html(source)
    raise bad_request("unsupported parse_mode")


METHODS: dict[str, Method] = {
    "deletewebhook": delete_webhook,
    "getme": get_me,
    "getmycommands": get_my_commands,
    "getupdates": get_updates,
    "sendmessage": send_message,
    "setmycommands": set_my_commands,
}
