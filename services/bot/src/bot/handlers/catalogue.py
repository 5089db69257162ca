from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message

from bot.domain.pages import Cursor
from bot.domain.products import ProductId
from bot.domain.users import Identity, UserId
from bot.storage.carts import CartStore
from bot.storage.products import ProductStore
from bot.views import catalogue as views
from bot.views.callback_data import PutInCart, ShowCatalogue, ShowProduct
from bot.views.screen import Screen

router = Router(name="catalogue")


@router.message(Command("catalogue"))
async def catalogue(message: Message, products: ProductStore) -> SendMessage:
    return views.catalogue(await products.for_sale(Cursor(), views.PAGE)).answer(message)


@router.callback_query(ShowCatalogue.filter())
async def show_catalogue(press: CallbackQuery, callback_data: ShowCatalogue, products: ProductStore) -> EditMessageText:
    page = await products.for_sale(callback_data.cursor, views.PAGE)
    if not page.items and callback_data.id:  # what was behind it is no longer sold
        page = await products.for_sale(Cursor(), views.PAGE)
    return views.catalogue(page).replace(press)


@router.callback_query(ShowProduct.filter())
async def show_product(
    press: CallbackQuery, callback_data: ShowProduct, identity: Identity, products: ProductStore, carts: CartStore
) -> EditMessageText:
    return (await _product(ProductId(callback_data.id), identity.id, products, carts)).replace(press)


@router.callback_query(PutInCart.filter(F.on == "product"))
async def put_in_cart(
    press: CallbackQuery, callback_data: PutInCart, identity: Identity, products: ProductStore, carts: CartStore
) -> EditMessageText:
    product_id = ProductId(callback_data.id)
    await carts.put(identity, product_id, callback_data.quantity)
    return (await _product(product_id, identity.id, products, carts)).replace(press)


async def _product(product_id: ProductId, user_id: UserId, products: ProductStore, carts: CartStore) -> Screen:
    product = await products.get_for_sale(product_id)
    if product is None:
        return views.not_for_sale()
    return views.product(product, (await carts.get(user_id)).quantity_of(product_id))
