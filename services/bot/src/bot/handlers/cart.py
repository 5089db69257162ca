from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message

from bot.domain.products import ProductId
from bot.domain.users import Identity
from bot.storage.carts import CartStore
from bot.views import cart as views
from bot.views.callback_data import EmptyCart, PutInCart, ShowCart

router = Router(name="cart")


@router.message(Command("cart"))
async def cart(message: Message, identity: Identity, carts: CartStore) -> SendMessage:
    return views.cart(await carts.get(identity.id)).answer(message)


@router.callback_query(ShowCart.filter())
async def show_cart(press: CallbackQuery, identity: Identity, carts: CartStore) -> EditMessageText:
    return views.cart(await carts.get(identity.id)).replace(press)


@router.callback_query(PutInCart.filter(F.on == "cart"))
async def put_in_cart(
    press: CallbackQuery, callback_data: PutInCart, identity: Identity, carts: CartStore
) -> EditMessageText:
    await carts.put(identity, ProductId(callback_data.id), callback_data.quantity)
    return views.cart(await carts.get(identity.id)).replace(press)


@router.callback_query(EmptyCart.filter(~F.sure))
async def ask_to_empty(press: CallbackQuery, identity: Identity, carts: CartStore) -> EditMessageText:
    cart = await carts.get(identity.id)
    return (views.empty_the_cart(cart) if cart.lines else views.cart(cart)).replace(press)


@router.callback_query(EmptyCart.filter(F.sure))
async def empty(
    press: CallbackQuery, callback_data: EmptyCart, identity: Identity, carts: CartStore
) -> EditMessageText:
    if (await carts.get(identity.id)).fingerprint == callback_data.fingerprint:
        await carts.empty(identity.id)
    return views.cart(await carts.get(identity.id)).replace(press)
