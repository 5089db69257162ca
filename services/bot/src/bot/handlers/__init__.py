"""The routers, in the order in which they are asked."""

from __future__ import annotations

from aiogram import Router

from bot.handlers import profile, start
from bot.handlers.help import router as help_router


def root_router() -> Router:
    root = Router(name="root")
    root.include_routers(
        start.router,
        profile.router,
        help_router,  # the last: it answers whatever the others did not understand
    )
    return root
