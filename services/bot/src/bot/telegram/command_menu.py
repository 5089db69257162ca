"""The commands that Telegram offers while one types: everybody's by language, and the admins' in their own chats."""

from __future__ import annotations

from aiogram.methods import DeleteMyCommands, SetMyCommands
from aiogram.types import BotCommand, BotCommandScopeChat
from aiogram.utils.i18n import I18n

from bot.domain.languages import DEFAULT_LANGUAGE, LANGUAGES
from bot.views.commands import admins_commands, customers_commands


def customers_menus(i18n: I18n) -> list[SetMyCommands]:
    """One for each language; whose language the bot does not speak sees the one without a language."""
    menus = []
    for code in LANGUAGES:
        with i18n.use_locale(code):
            commands = _commands(customers_commands())
        menus.append(SetMyCommands(commands=commands, language_code=None if code == DEFAULT_LANGUAGE else code))
    return menus


def admins_menu(admin_id: int, language: str, i18n: I18n) -> SetMyCommands:
    """In the private chat, whatever the admin's Telegram speaks."""
    with i18n.use_locale(language):
        commands = _commands(customers_commands() | admins_commands())
    return SetMyCommands(commands=commands, scope=BotCommandScopeChat(chat_id=admin_id))


def no_admins_menu(chat_id: int) -> DeleteMyCommands:
    return DeleteMyCommands(scope=BotCommandScopeChat(chat_id=chat_id))


def _commands(listed: dict[str, str]) -> list[BotCommand]:
    return [BotCommand(command=name, description=what) for name, what in listed.items()]
