"""The router table: who is asked, and in which order."""

from __future__ import annotations

from aiogram import Router

from bot.handlers import (
    blocking,
    cart,
    catalogue,
    checkout,
    groups,
    orders,
    personal_data,
    profile,
    settings,
    start,
)
from bot.handlers.admin import admin_router
from bot.handlers.help import router as help_router
from bot.handlers.privately import Privately
from bot.middlewares.acquaintance import Acquaintance


def routers() -> list[Router]:
    private = Router(name="private")
    for observer in (private.message, private.callback_query):
        observer.filter(Privately())
        observer.middleware(Acquaintance())
    private.include_routers(
        catalogue.router,
        cart.router,
        checkout.router,
        orders.router,
        profile.router,
        settings.router,
        personal_data.router,
        admin_router(),
        help_router,  # the last: it answers whatever the others did not understand
    )
    return [
        start.router,  # it makes the acquaintance itself
        private,
        groups.router,
        blocking.router,
    ]
