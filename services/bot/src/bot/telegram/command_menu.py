from __future__ import annotations

from aiogram.methods import SetMyCommands
from aiogram.types import BotCommand


def set_command_menu() -> SetMyCommands:
    """The commands that Telegram offers while one types."""
    return SetMyCommands(
        commands=[
            BotCommand(command="start", description="Register, or tell me your new name"),
            BotCommand(command="profile", description="What I know about you"),
            BotCommand(command="help", description="What I can do"),
        ]
    )
