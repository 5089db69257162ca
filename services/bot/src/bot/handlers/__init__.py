"""The router table: who is asked, and in which order."""

from __future__ import annotations

from datetime import timedelta

from aiogram import Router

from bot.handlers import (
    blocking,
    cart,
    catalogue,
    checkout,
    groups,
    orders,
    personal_data,
    product_links,
    profile,
    settings,
    start,
)
from bot.handlers.admin import admin_router
from bot.handlers.help import router as help_router
from bot.handlers.privately import Privately
from bot.middlewares.acquaintance import Acquaintance
from bot.middlewares.throttling import Throttling


def routers(most_messages: int, period: timedelta) -> list[Router]:
    """`most_messages` is what one user may send within the period; 0 is as much as they like."""
    private = Router(name="private")
    for observer in (private.message, private.callback_query):
        observer.filter(Privately())
    acquainted = Router(name="acquainted")
    for observer in (acquainted.message, acquainted.callback_query):
        observer.middleware(Acquaintance())
    acquainted.include_routers(
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
    private.include_routers(
        product_links.router,
        start.router,  # they make the acquaintance themselves
        acquainted,
    )
    all_of_them = Router(name="orderly")
    all_of_them.include_routers(private, groups.router, blocking.router)
    if most_messages:
        throttling = Throttling(most_messages, period)
        for observer in (all_of_them.message, all_of_them.callback_query):
            observer.outer_middleware(throttling)
    return [all_of_them]
