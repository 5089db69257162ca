from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import CallbackQuery, Message

from bot.domain.customers import Wanted, parse_wanted
from bot.domain.orders import Order, OrderDetails
from bot.domain.pages import Cursor
from bot.domain.shop import Shop
from bot.domain.users import User, UserId
from bot.handlers.admin.orders import people_of
from bot.storage.orders import OrderStore
from bot.storage.users import UserStore
from bot.views.admin import customers as views
from bot.views.admin import home as home_views
from bot.views.admin import orders as order_views
from bot.views.callback_data import AdminHome, FindCustomer, ShowCustomer
from bot.views.screen import Screen

router = Router(name="admin customers")


class Finding(StatesGroup):
    who = State()


@router.callback_query(FindCustomer.filter())
async def ask_who(press: CallbackQuery, state: FSMContext) -> EditMessageText:
    await state.set_state(Finding.who)
    await state.set_data({})
    return views.ask_who().replace(press)


@router.callback_query(AdminHome.filter(), StateFilter(Finding.who))
async def leave(press: CallbackQuery, orders: OrderStore, state: FSMContext) -> EditMessageText:
    await state.clear()
    return home_views.home(await orders.counts()).replace(press)


@router.message(Command("admin", magic=F.args))
async def find_at_once(
    message: Message, command: CommandObject, zone: ZoneInfo, orders: OrderStore, users: UserStore, shop: Shop
) -> SendMessage:
    wanted = parse_wanted(command.args or "")
    if wanted is None:
        return views.not_understood().answer(message)
    found = await _find(wanted, orders, users)
    return (await _screen(wanted, found, zone, orders, users, shop)).answer(message)


@router.message(Finding.who, F.text, ~F.text.startswith("/"))
async def find(
    message: Message, zone: ZoneInfo, orders: OrderStore, users: UserStore, shop: Shop, state: FSMContext
) -> SendMessage:
    wanted = parse_wanted(str(message.text))
    if wanted is None:
        return views.not_understood().answer(message)
    found = await _find(wanted, orders, users)
    if found.anybody:
        await state.clear()
    return (await _screen(wanted, found, zone, orders, users, shop)).answer(message)


@router.message(Finding.who, ~F.text)
async def who_is_text(message: Message) -> SendMessage:
    return views.who_is_text().answer(message)


@router.callback_query(ShowCustomer.filter())
async def show_customer(
    press: CallbackQuery, callback_data: ShowCustomer, zone: ZoneInfo, orders: OrderStore, users: UserStore
) -> EditMessageText:
    customer = await users.get(UserId(callback_data.user_id))
    if customer is None:
        return views.nobody(is_misread=False).replace(press)
    return (await _customer(customer, callback_data.cursor, zone, orders)).replace(press)


@dataclass(frozen=True, slots=True)
class _Found:
    customers: list[User]
    #: Whose number was given.
    order: OrderDetails | None

    @property
    def anybody(self) -> bool:
        return bool(self.customers or self.order)


async def _find(wanted: Wanted, orders: OrderStore, users: UserStore) -> _Found:
    found: list[User | None] = []
    if wanted.username:
        found += await users.find(wanted.username, views.MOST_CUSTOMERS)
    if wanted.user_id:
        found.append(await users.get(wanted.user_id))
    order = await orders.get(wanted.order_id) if wanted.order_id else None
    if order and order.order.user_id:
        found.append(await users.get(order.order.user_id))
    return _Found(list({customer.id: customer for customer in found if customer}.values()), order)


async def _screen(
    wanted: Wanted, found: _Found, zone: ZoneInfo, orders: OrderStore, users: UserStore, shop: Shop
) -> Screen:
    if len(found.customers) > 1:
        return views.several(found.customers)
    if found.customers:
        found_by = found.order.order if found.order else None
        return await _customer(found.customers[0], Cursor(), zone, orders, found_by)
    if found.order:
        people = await people_of(found.order, users, shop)
        return order_views.order(found.order, people, zone)
    return views.nobody(wanted.is_misread)


async def _customer(
    customer: User, cursor: Cursor, zone: ZoneInfo, orders: OrderStore, found_by: Order | None = None
) -> Screen:
    page = await orders.of_user(customer.id, cursor, views.PAGE)
    return views.customer(customer, page, await orders.count_of_user(customer.id), zone, found_by)
