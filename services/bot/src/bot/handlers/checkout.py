"""From the cart to an order: a note is asked for, the total shown, and the order placed as it was shown, once."""

from __future__ import annotations

from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message

from bot.domain.carts import Cart
from bot.domain.orders import LONGEST_NOTE, OrderId
from bot.domain.text import storable
from bot.domain.users import Identity, UserId
from bot.handlers.notices import Notices
from bot.storage.carts import CartStore
from bot.storage.orders import OrderStore
from bot.telegram.handling import Handling
from bot.views import cart as cart_views
from bot.views import checkout as views
from bot.views import orders as order_views
from bot.views.admin import orders as admin_views
from bot.views.callback_data import BeginCheckout, LeaveCheckout, PlaceOrder, SkipNote
from bot.views.screen import Screen

router = Router(name="checkout")


class Checkout(StatesGroup):
    note = State()
    confirmation = State()


@router.callback_query(BeginCheckout.filter())
async def begin(press: CallbackQuery, identity: Identity, carts: CartStore, state: FSMContext) -> EditMessageText:
    cart = await carts.get(identity.id)
    if not cart.can_be_ordered:
        return cart_views.cart(cart).replace(press)
    await state.set_state(Checkout.note)
    await state.set_data({})
    return views.ask_for_note().replace(press)


@router.message(Checkout.note, F.text, ~F.text.startswith("/"))
async def take_note(
    message: Message, identity: Identity, carts: CartStore, orders: OrderStore, state: FSMContext
) -> SendMessage:
    note = storable(str(message.text)).strip()
    if len(note) > LONGEST_NOTE:
        return views.note_too_long(len(note)).answer(message)
    return (await _summary(note, identity.id, carts, orders, state)).answer(message)


@router.message(Checkout.note, ~F.text)
async def note_is_text(message: Message) -> SendMessage:
    return views.note_is_text().answer(message)


@router.callback_query(SkipNote.filter(), StateFilter(Checkout.note))
async def skip_note(
    press: CallbackQuery, identity: Identity, carts: CartStore, orders: OrderStore, state: FSMContext
) -> EditMessageText:
    return (await _summary("", identity.id, carts, orders, state)).replace(press)


@router.callback_query(SkipNote.filter(), StateFilter(Checkout.confirmation))
async def show_summary(
    press: CallbackQuery, identity: Identity, carts: CartStore, state: FSMContext
) -> EditMessageText:
    """Pressed twice: the order that waits to be confirmed stays the same."""
    checkout, cart = await state.get_data(), await carts.get(identity.id)
    if not cart.can_be_ordered:
        await state.clear()
        return cart_views.cart(cart).noted(views.changed()).replace(press)
    await state.update_data(lines=_lines(cart))
    return views.summary(cart, checkout["note"], OrderId(checkout["order_id"])).replace(press)


@router.callback_query(SkipNote.filter())
async def nothing_to_skip(press: CallbackQuery, identity: Identity, carts: CartStore) -> EditMessageText:
    return cart_views.cart(await carts.get(identity.id)).noted(views.is_over()).replace(press)


@router.callback_query(LeaveCheckout.filter())
async def leave(press: CallbackQuery, identity: Identity, carts: CartStore, state: FSMContext) -> EditMessageText:
    if (await state.get_state() or "").startswith(f"{Checkout.__name__}:"):
        await state.clear()
    return cart_views.cart(await carts.get(identity.id)).replace(press)


@router.callback_query(PlaceOrder.filter())
async def place(
    press: CallbackQuery,
    callback_data: PlaceOrder,
    identity: Identity,
    zone: ZoneInfo,
    carts: CartStore,
    orders: OrderStore,
    notices: Notices,
    state: FSMContext,
    handling: Handling,
) -> EditMessageText | None:
    order_id = OrderId(callback_data.id)
    if details := await orders.get_of_user(order_id, identity.id):
        return order_views.order(details, zone).replace(press)
    checkout = await state.get_data()
    if await state.get_state() != Checkout.confirmation.state or checkout.get("order_id") != order_id:
        return cart_views.cart(await carts.get(identity.id)).noted(views.is_over()).replace(press)
    admins = await notices.admins()
    async with handling.transaction() as transaction:
        cart = await carts.get_in(transaction.connection, identity.id, lock=True)
        if not cart.can_be_ordered:
            await state.clear()
            transaction.answer(cart_views.cart(cart).noted(views.changed()).replace(press))
        elif _lines(cart) != checkout["lines"]:
            await state.update_data(lines=_lines(cart))
            shown = views.summary(cart, checkout["note"], order_id)
            transaction.answer(shown.noted(views.changed()).replace(press))
        else:
            await orders.place(transaction.connection, order_id, identity.id, cart, checkout["note"])
            await state.clear()
            placed = await orders.details_in(transaction.connection, order_id)
            transaction.answer(order_views.order(placed, zone).noted(order_views.placed()).replace(press))
            said = partial(admin_views.new_order, placed.order)
            await notices.tell(transaction, admins, said, f"order:{order_id}:placed")
    return None


async def _summary(note: str, user_id: UserId, carts: CartStore, orders: OrderStore, state: FSMContext) -> Screen:
    cart = await carts.get(user_id)
    if not cart.can_be_ordered:
        await state.clear()
        return cart_views.cart(cart).noted(views.changed())
    order_id = await orders.new_id()
    await state.set_state(Checkout.confirmation)
    await state.set_data({"order_id": order_id, "note": note, "lines": _lines(cart)})
    return views.summary(cart, note, order_id)


def _lines(cart: Cart) -> list[Any]:
    """What the customer has seen, as a conversation can keep it."""
    return [[line.product.id, line.quantity, line.product.price.amount] for line in cart.lines]
