from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message

from bot.domain.orders import OrderId, Status
from bot.domain.pages import Cursor
from bot.domain.users import Identity
from bot.handlers.notices import Notices
from bot.storage.orders import OrderStore
from bot.telegram.handling import Handling
from bot.views import orders as views
from bot.views.admin import orders as admin_views
from bot.views.callback_data import CancelOrder, ShowOrder, ShowOrders

router = Router(name="orders")


@router.message(Command("orders"))
async def orders_(message: Message, identity: Identity, zone: ZoneInfo, orders: OrderStore) -> SendMessage:
    return views.orders(await orders.of_user(identity.id, Cursor(), views.PAGE), zone).answer(message)


@router.callback_query(ShowOrders.filter())
async def show_orders(
    press: CallbackQuery, callback_data: ShowOrders, identity: Identity, zone: ZoneInfo, orders: OrderStore
) -> EditMessageText:
    return views.orders(await orders.of_user(identity.id, callback_data.cursor, views.PAGE), zone).replace(press)


@router.callback_query(ShowOrder.filter())
async def show_order(
    press: CallbackQuery, callback_data: ShowOrder, identity: Identity, zone: ZoneInfo, orders: OrderStore
) -> EditMessageText:
    details = await orders.get_of_user(OrderId(callback_data.id), identity.id)
    return (views.order(details, zone) if details else views.unknown()).replace(press)


@router.callback_query(CancelOrder.filter(~F.sure))
async def ask_to_cancel(
    press: CallbackQuery, callback_data: CancelOrder, identity: Identity, zone: ZoneInfo, orders: OrderStore
) -> EditMessageText:
    details = await orders.get_of_user(OrderId(callback_data.id), identity.id)
    if details is None:
        return views.unknown().replace(press)
    if not details.order.customer_may_cancel:
        return views.order(details, zone).replace(press)
    return views.cancel_order(details.order.id).replace(press)


@router.callback_query(CancelOrder.filter(F.sure))
async def cancel(
    press: CallbackQuery,
    callback_data: CancelOrder,
    identity: Identity,
    zone: ZoneInfo,
    orders: OrderStore,
    notices: Notices,
    handling: Handling,
) -> EditMessageText | None:
    order_id = OrderId(callback_data.id)
    if await orders.get_of_user(order_id, identity.id) is None:
        return views.unknown().replace(press)
    admins = await notices.admins()
    async with handling.transaction() as transaction:
        connection = transaction.connection
        cancelled = await orders.change_status(connection, order_id, Status.PLACED, Status.CANCELLED)
        now = await orders.details_in(connection, order_id)
        screen = views.order(now, zone)
        if cancelled is None and not now.customer_cancelled:
            screen = screen.noted(views.too_late())
        transaction.answer(screen.replace(press))
        if cancelled:
            said = partial(admin_views.cancelled_by_customer, cancelled)
            await notices.tell(transaction, admins, said, f"order:{order_id}:cancelled")
    return None
