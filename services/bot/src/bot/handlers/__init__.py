from __future__ import annotations

from aiogram import Router

from bot.handlers import profile, start
from bot.handlers.help import router as help_router


def routers() -> list[Router]:
    """In the order in which they are asked."""
    return [
        start.router,
        profile.router,
        help_router,  # the last: it answers whatever the others did not understand
    ]
