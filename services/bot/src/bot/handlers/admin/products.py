"""What the shop sells, as admins see it."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message

from bot.domain.pages import Cursor
from bot.domain.products import ProductId
from bot.domain.shop import Shop
from bot.storage.products import ProductStore
from bot.telegram.handling import Handling
from bot.views.admin import products as views
from bot.views.callback_data import AdminProduct, AdminProducts, HideProduct
from bot.views.screen import Screen

router = Router(name="admin_products")


@router.message(Command("products"))
async def products_(message: Message, shop: Shop, products: ProductStore) -> SendMessage:
    return (await listed(Cursor(), shop, products)).answer(message)


@router.callback_query(AdminProducts.filter())
async def show_products(
    press: CallbackQuery, callback_data: AdminProducts, shop: Shop, products: ProductStore
) -> EditMessageText:
    return (await listed(callback_data.cursor, shop, products)).replace(press)


@router.callback_query(AdminProduct.filter())
async def show_product(
    press: CallbackQuery, callback_data: AdminProduct, bot: Bot, shop: Shop, products: ProductStore
) -> EditMessageText:
    return (await shown(ProductId(callback_data.id), bot, shop, products)).replace(press)


@router.callback_query(HideProduct.filter())
async def hide(
    press: CallbackQuery,
    callback_data: HideProduct,
    bot: Bot,
    shop: Shop,
    products: ProductStore,
    handling: Handling,
) -> None:
    username = await username_of(bot)
    product_id = ProductId(callback_data.id)
    async with handling.transaction() as transaction:
        product = await products.change(transaction.connection, product_id, is_hidden=callback_data.hidden)
        screen = views.product(product, shop.currency, username) if product else views.unknown()
        transaction.answer(screen.replace(press))


async def listed(cursor: Cursor, shop: Shop, products: ProductStore) -> Screen:
    page = await products.all(cursor, views.PAGE)
    if not page.items and cursor.id:
        page = await products.all(Cursor(), views.PAGE)
    return views.products(page, shop.currency)


async def shown(product_id: ProductId, bot: Bot, shop: Shop, products: ProductStore) -> Screen:
    product = await products.get(product_id)
    return views.product(product, shop.currency, await username_of(bot)) if product else views.unknown()


async def username_of(bot: Bot) -> str:
    return (await bot.me()).username or ""
