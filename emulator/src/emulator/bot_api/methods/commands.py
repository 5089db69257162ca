"""The command menu, by scope and language."""

from __future__ import annotations

import re
from typing import Any

from emulator.bot_api.arguments import Arguments
from emulator.commands import Command, Scope
from emulator.errors import bad_request
from emulator.fields import LARGEST, JsonObject, WrongField, integer, text
from emulator.telegram import Telegram

MOST_COMMANDS = 100
LONGEST_COMMAND, LONGEST_DESCRIPTION = 32, 256
_WITH_CHAT = ("chat", "chat_administrators", "chat_member")
_WITHOUT_CHAT = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")


async def set_my_commands(telegram: Telegram, arguments: Arguments) -> Any:
    commands = _commands(arguments)
    scope, language_code = _place(telegram, arguments)
    commands = [_checked(command) for command in commands]
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    telegram.commands.set(scope, language_code, commands)
    _show(telegram)
    return True


async def get_my_commands(telegram: Telegram, arguments: Arguments) -> Any:
    return telegram.commands.get(*_place(telegram, arguments))


async def delete_my_commands(telegram: Telegram, arguments: Arguments) -> Any:
    telegram.commands.delete(*_place(telegram, arguments))
    _show(telegram)
    return True


def _show(telegram: Telegram) -> None:
    for person in telegram.people:
        telegram.publish_person(person)


def _commands(arguments: Arguments) -> list[Command]:
    given = arguments.json("commands", "can't parse commands JSON object")
    if given is None:
        return []
    if not isinstance(given, list):
        raise bad_request("expected an Array of BotCommand")
    return [_command(command) for command in given]


def _command(given: Any) -> Command:
    if not isinstance(given, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    try:
        return {"command": text(given, "command"), "description": text(given, "description")}
    except WrongField as wrong:
        raise bad_request(f"can't parse BotCommand: {wrong}") from None


def _checked(command: Command) -> Command:
    name = command["command"].strip().removeprefix("/")
    description = command["description"].strip()
    if not name:
        raise bad_request("command must be non-empty")
    if len(name) > LONGEST_COMMAND:
        raise bad_request("command length must not exceed 32")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > LONGEST_DESCRIPTION:
        raise bad_request("command description length must not exceed 256")
    if not re.fullmatch("[a-z0-9_]+", name):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}


def _place(telegram: Telegram, arguments: Arguments) -> tuple[Scope, str]:
    scope = _scope(telegram, arguments)
    language_code = arguments.text("language_code")
    if language_code and not re.fullmatch("[a-z]{2}", language_code):
        raise bad_request("invalid language code specified")
    return scope, language_code


def _scope(telegram: Telegram, arguments: Arguments) -> Scope:
    given = arguments.json("scope", "can't parse BotCommandScope JSON object")
    if given is None:
        return Scope()
    try:
        scope = _parsed(given)
    except WrongField as wrong:
        raise bad_request(f"can't parse BotCommandScope: {wrong}") from None
    chat = telegram.chats.get(scope.chat_id)
    if scope.type in _WITH_CHAT and (chat is None or (chat.type == "private" and not chat.has_begun)):
        raise bad_request("chat not found")
    return scope


def _parsed(given: Any) -> Scope:
    if not isinstance(given, dict):
        raise WrongField("BotCommandScope must be an Object")
    kind = text(given, "type")
    if kind in _WITHOUT_CHAT:
        return Scope(kind)
    if kind not in _WITH_CHAT:
        raise WrongField("Unsupported type specified")
    chat_id = _chat_id(given)
    if kind != "chat_member":
        return Scope(kind, chat_id)
    user_id = integer(given, "user_id", LARGEST)
    if user_id <= 0:
        raise WrongField("Invalid user_id specified")
    return Scope(kind, chat_id, user_id)


def _chat_id(given: JsonObject) -> int:
    chat_id = text(given, "chat_id")
    if not chat_id:
        raise WrongField("Empty chat_id specified")
    return int(chat_id) if re.fullmatch("-?[0-9]{1,18}", chat_id) else -1
