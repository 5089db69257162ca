from __future__ import annotations

import asyncio
from functools import partial
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.methods import EditMessageText
from aiogram.types import CallbackQuery

from bot.domain.orders import NEXT, Order, OrderDetails, OrderId, Status
from bot.domain.shop import Shop
from bot.domain.users import Identity, User, UserId
from bot.handlers.notices import Notices, Reader
from bot.storage.orders import OrderStore
from bot.storage.users import UserStore
from bot.telegram.handling import Handling, Transaction
from bot.views import orders as order_views
from bot.views.admin import orders as views
from bot.views.callback_data import AdminOrder, AdminOrders, AskToCancel, SetStatus

router = Router(name="admin orders")


@router.callback_query(AdminOrders.filter(F.which == "new"))
async def show_new(
    press: CallbackQuery, callback_data: AdminOrders, zone: ZoneInfo, orders: OrderStore
) -> EditMessageText:
    page = await orders.list_new(callback_data.cursor, views.PAGE)
    return views.orders("new", page, zone).replace(press)


@router.callback_query(AdminOrders.filter(F.which == "open"))
async def show_open(
    press: CallbackQuery, callback_data: AdminOrders, zone: ZoneInfo, orders: OrderStore
) -> EditMessageText:
    page = await orders.list_open(callback_data.cursor, views.PAGE)
    return views.orders("open", page, zone).replace(press)


@router.callback_query(AdminOrder.filter())
async def show_order(
    press: CallbackQuery,
    callback_data: AdminOrder,
    zone: ZoneInfo,
    orders: OrderStore,
    users: UserStore,
    shop: Shop,
) -> EditMessageText:
    details = await orders.get(OrderId(callback_data.id))
    if details is None:
        return views.unknown().replace(press)
    return views.order(details, await people_of(details, users, shop), zone).replace(press)


@router.callback_query(AskToCancel.filter())
async def ask_to_cancel(
    press: CallbackQuery,
    callback_data: AskToCancel,
    zone: ZoneInfo,
    orders: OrderStore,
    users: UserStore,
    shop: Shop,
) -> EditMessageText:
    details, before = await orders.get(OrderId(callback_data.id)), callback_data.before
    if details is None:
        return views.unknown().replace(press)
    if details.order.status is before and Status.CANCELLED in NEXT[before]:
        return views.cancel_order(details.order.id, before).replace(press)
    people = await people_of(details, users, shop)
    return views.order(details, people, zone).noted(_refusal(before, details, people, zone)).replace(press)


@router.callback_query(SetStatus.filter())
async def set_status(
    press: CallbackQuery,
    callback_data: SetStatus,
    identity: Identity,
    zone: ZoneInfo,
    orders: OrderStore,
    users: UserStore,
    shop: Shop,
    notices: Notices,
    handling: Handling,
) -> EditMessageText | None:
    order_id, before, after = OrderId(callback_data.id), callback_data.before, callback_data.after
    details = await orders.get(order_id)
    if details is None:
        return views.unknown().replace(press)
    people = await people_of(details, users, shop)
    if after not in NEXT[before]:
        return views.order(details, people, zone).noted(views.impossible()).replace(press)
    async with handling.transaction() as transaction:
        connection = transaction.connection
        changed = await orders.change_status(connection, order_id, before, after, identity.id)
        now = await orders.details_in(connection, order_id)
        screen = views.order(now, people, zone)
        if changed:
            await _tell_customer(changed, people, notices, transaction)
        elif not _did(identity.id, callback_data, now):
            screen = screen.noted(views.changed_meanwhile(now.latest, people, zone))
        transaction.answer(screen.replace(press))
    return None


async def people_of(details: OrderDetails, users: UserStore, shop: Shop) -> dict[int, User]:
    """The order's customer, and the admins who have had, or may yet have, to do with it."""
    ids = {*shop.admin_ids, details.order.user_id, *(event.admin_id for event in details.events)} - {None}
    found = await asyncio.gather(*(users.get(UserId(user_id)) for user_id in ids if user_id is not None))
    return {user.id: user for user in found if user}


def _refusal(before: Status, now: OrderDetails, people: dict[int, User], zone: ZoneInfo) -> str:
    if now.order.status is before:
        return views.impossible()
    return views.changed_meanwhile(now.latest, people, zone)


async def _tell_customer(order: Order, people: views.People, notices: Notices, transaction: Transaction) -> None:
    # None: forgotten, perhaps since the order was looked at.
    customer = people.get(order.user_id) if order.user_id is not None else None
    if customer and customer.chosen.order_notifications:
        said = partial(order_views.notification, order)
        reader = Reader(customer.id, customer.language)
        await notices.tell(transaction, [reader], said, f"order:{order.id}:{order.status}")


def _did(admin_id: int, wanted: SetStatus, now: OrderDetails) -> bool:
    """It is the admin's own work, and the button was pressed twice."""
    return now.latest is not None and (now.latest.status, now.latest.admin_id) == (wanted.after, admin_id)
