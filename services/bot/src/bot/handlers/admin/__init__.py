"""For those whom ADMIN_IDS names; to everybody else these commands are like any that do not exist."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import TelegramObject
from aiogram.types import User as TelegramUser

from bot.domain.shop import Shop
from bot.handlers.admin import broadcast, customers, failed, home, orders, product_csv, product_editing, products, stats


class FromAdmin(Filter):
    async def __call__(self, _: TelegramObject, shop: Shop, event_from_user: TelegramUser | None = None) -> bool:
        return event_from_user is not None and event_from_user.id in shop.admin_ids


def admin_router() -> Router:
    """In the order in which they are asked."""
    router = Router(name="admin")
    for observer in (router.message, router.callback_query):
        observer.filter(FromAdmin())
    router.include_routers(
        customers.router,  # before home: it takes /admin with somebody behind it
        home.router,
        orders.router,
        product_csv.router,
        products.router,
        product_editing.router,
        stats.router,
        broadcast.router,
        failed.router,
    )
    return router
