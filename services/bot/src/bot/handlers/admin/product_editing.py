"""Conversations that add a product, and that change one."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message

from bot.domain.money import Money, parse_price
from bot.domain.pages import Cursor
from bot.domain.products import Product, ProductId, parse_description, parse_name, parse_sku, parse_stock
from bot.domain.shop import Shop
from bot.handlers.admin.product_states import ChangedProduct, NewProduct, ProductImport
from bot.handlers.admin.products import listed, shown, username_of
from bot.storage.products import ProductStore
from bot.telegram.handling import Handling
from bot.views.admin import products as views
from bot.views.admin.products import Asked
from bot.views.callback_data import AddProduct, EditProduct, LeaveProduct, NoDescription, SaveProduct
from bot.views.screen import Screen

router = Router(name="admin_product_editing")


#: In this order they are asked for.
_STATES: dict[Asked, State] = {
    "sku": NewProduct.sku,
    "name": NewProduct.name,
    "description": NewProduct.description,
    "price": NewProduct.price,
    "stock": NewProduct.stock,
}
_ASKED = {str(state.state): what for what, state in _STATES.items()}
_OURS = {*NewProduct.__state_names__, *ChangedProduct.__state_names__, *ProductImport.__state_names__}
_WAITS_FOR_ANSWER = StateFilter(*_STATES.values(), ChangedProduct.value)


@router.callback_query(AddProduct.filter())
async def add(press: CallbackQuery, shop: Shop, state: FSMContext) -> EditMessageText:
    await state.set_state(NewProduct.sku)
    await state.set_data({})
    return views.ask("sku", shop.currency).replace(press)


@router.callback_query(EditProduct.filter())
async def edit(
    press: CallbackQuery, callback_data: EditProduct, shop: Shop, products: ProductStore, state: FSMContext
) -> EditMessageText:
    product = await products.get(ProductId(callback_data.id))
    if product is None:
        return views.unknown().replace(press)
    await state.set_state(ChangedProduct.value)
    await state.set_data({"id": product.id, "what": callback_data.what})
    return views.ask_for_new(callback_data.what, product, shop.currency).replace(press)


@router.message(StateFilter(*_STATES.values()), F.text, ~F.text.startswith("/"))
async def take_answer(message: Message, shop: Shop, products: ProductStore, state: FSMContext) -> SendMessage:
    what, text = _ASKED[str(await state.get_state())], str(message.text)
    value = _parsed(what, text, shop.currency)
    if value is None:
        return views.ask_again(what, text, shop.currency, None).answer(message)
    if what == "sku" and await products.find(value):
        return views.taken(value, shop.currency).answer(message)
    return (await _go_on(what, value, shop, state)).answer(message)


@router.message(ChangedProduct.value, F.text, ~F.text.startswith("/"))
async def take_new_value(
    message: Message, bot: Bot, shop: Shop, products: ProductStore, state: FSMContext, handling: Handling
) -> SendMessage | None:
    asked, text = await state.get_data(), str(message.text)
    value = _parsed(asked["what"], text, shop.currency)
    if value is None:
        return views.ask_again(asked["what"], text, shop.currency, asked["id"]).answer(message)
    username = await username_of(bot)
    async with handling.transaction() as transaction:
        product = await products.change(transaction.connection, ProductId(asked["id"]), **{asked["what"]: value})
        await state.clear()
        transaction.answer(_changed(product, shop, username).answer(message))
    return None


@router.message(_WAITS_FOR_ANSWER, ~F.text)
async def answer_is_text(message: Message, shop: Shop, state: FSMContext) -> SendMessage:
    asked = await state.get_data()
    what = _ASKED.get(str(await state.get_state())) or asked["what"]
    return views.ask_for_text(what, shop.currency, asked.get("id")).answer(message)


@router.callback_query(NoDescription.filter(~F.id), StateFilter(NewProduct.description))
async def no_description(press: CallbackQuery, shop: Shop, state: FSMContext) -> EditMessageText:
    return (await _go_on("description", "", shop, state)).replace(press)


@router.callback_query(NoDescription.filter(F.id), StateFilter(ChangedProduct.value))
async def remove_description(
    press: CallbackQuery,
    callback_data: NoDescription,
    bot: Bot,
    shop: Shop,
    products: ProductStore,
    state: FSMContext,
    handling: Handling,
) -> EditMessageText | None:
    asked = await state.get_data()
    if (asked["what"], asked["id"]) != ("description", callback_data.id):
        return (await shown(ProductId(asked["id"]), bot, shop, products)).noted(views.is_over()).replace(press)
    username = await username_of(bot)
    async with handling.transaction() as transaction:
        product = await products.change(transaction.connection, ProductId(asked["id"]), description="")
        await state.clear()
        transaction.answer(_changed(product, shop, username).replace(press))
    return None


@router.callback_query(NoDescription.filter(~F.id), StateFilter(NewProduct))
async def ask_what_is_missing(press: CallbackQuery, shop: Shop, state: FSMContext) -> EditMessageText:
    """Pressed twice, or late: the product that is being added stays as it is."""
    what = _ASKED.get(str(await state.get_state()))
    if what:
        return views.ask(what, shop.currency).replace(press)
    draft = await state.get_data()
    return views.summary(draft, _fingerprint(draft)).replace(press)


@router.callback_query(NoDescription.filter())
async def nothing_to_skip(
    press: CallbackQuery, callback_data: NoDescription, bot: Bot, shop: Shop, products: ProductStore
) -> EditMessageText:
    if callback_data.id:
        return (await shown(ProductId(callback_data.id), bot, shop, products)).noted(views.is_over()).replace(press)
    return (await listed(Cursor(), shop, products)).noted(views.is_over()).replace(press)


@router.message(NewProduct.confirmation, ~F.text.startswith("/"))
async def show_summary(message: Message, state: FSMContext) -> SendMessage:
    draft = await state.get_data()
    return views.summary(draft, _fingerprint(draft)).answer(message)


@router.callback_query(SaveProduct.filter())
async def save(
    press: CallbackQuery,
    callback_data: SaveProduct,
    bot: Bot,
    shop: Shop,
    products: ProductStore,
    state: FSMContext,
    handling: Handling,
) -> EditMessageText | None:
    draft = await state.get_data()
    if await state.get_state() != NewProduct.confirmation.state or _fingerprint(draft) != callback_data.fingerprint:
        return (await _what_there_is(callback_data.sku, bot, shop, products)).replace(press)
    username, price = await username_of(bot), Money(draft["price"], draft["currency"])
    async with handling.transaction() as transaction:
        product = await products.add(
            transaction.connection, draft["sku"], draft["name"], draft["description"], price, draft["stock"]
        )
        if product:
            await state.clear()
            transaction.answer(_changed(product, shop, username).replace(press))
        else:
            await state.set_state(NewProduct.sku)
            await state.set_data({what: value for what, value in draft.items() if what != "sku"})
            transaction.answer(views.taken(draft["sku"], shop.currency).replace(press))
    return None


@router.callback_query(LeaveProduct.filter())
async def leave(
    press: CallbackQuery, callback_data: LeaveProduct, bot: Bot, shop: Shop, products: ProductStore, state: FSMContext
) -> EditMessageText:
    if await state.get_state() in _OURS:
        await state.clear()
    if callback_data.id:
        return (await shown(ProductId(callback_data.id), bot, shop, products)).replace(press)
    return (await listed(Cursor(), shop, products)).replace(press)


async def _go_on(what: Asked, value: Any, shop: Shop, state: FSMContext) -> Screen:
    """With what is still missing."""
    draft = await state.update_data(_kept(what, value))
    for missing, waiting in _STATES.items():
        if missing not in draft:
            await state.set_state(waiting)
            return views.ask(missing, shop.currency)
    await state.set_state(NewProduct.confirmation)
    return views.summary(draft, _fingerprint(draft))


async def _what_there_is(sku: str, bot: Bot, shop: Shop, products: ProductStore) -> Screen:
    if product := await products.find(sku):
        return views.product(product, shop.currency, await username_of(bot))
    return (await listed(Cursor(), shop, products)).noted(views.is_over())


def _changed(product: Product | None, shop: Shop, username: str) -> Screen:
    return views.product(product, shop.currency, username).noted(views.saved()) if product else views.unknown()


def _parsed(what: Asked, text: str, currency: str) -> Any:
    """None for what makes no sense."""
    if what == "price":
        try:
            return parse_price(text, currency)
        except ValueError:
            return None
    parse: dict[Asked, Callable[[str], Any]] = {
        "sku": parse_sku,
        "name": parse_name,
        "description": parse_description,
        "stock": parse_stock,
    }
    return parse[what](text)


def _kept(what: Asked, value: Any) -> dict[str, Any]:
    """As a conversation can keep it."""
    return {"price": value.amount, "currency": value.currency} if isinstance(value, Money) else {what: value}


def _fingerprint(draft: dict[str, Any]) -> int:
    return zlib.crc32(repr(sorted(draft.items())).encode())
