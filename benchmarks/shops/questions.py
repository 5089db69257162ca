"""What customers and admins ask of a filled shop, each time about another of its rows."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

from asyncpg import Connection, Record

from benchmarks.shops.filling import CART_EVERY, ORDERS_BEGIN, PRODUCTS, Scale
from bot.domain.orders import OrderId
from bot.domain.pages import Cursor
from bot.domain.products import ProductId
from bot.domain.users import UserId
from bot.storage.carts import CartStore
from bot.storage.database import Database
from bot.storage.orders import OrderStore
from bot.storage.products import ProductStore
from bot.storage.users import UserStore

PAGE = 8
ADMINS_PAGE = 10
CURRENCY = "EUR"

Ask = Callable[[], Awaitable[object]]


class Questions:
    def __init__(self, database: Database, scale: Scale, known: list[tuple[OrderId, UserId]]) -> None:
        """`known`: orders, each with its customer."""
        self._scale = scale
        self._known = known
        self._chance = random.Random(1)
        self._users = UserStore(database)
        self._products = ProductStore(database, CURRENCY)
        self._carts = CartStore(database, CURRENCY)
        self._orders = OrderStore(database)

    def all(self) -> dict[str, Ask]:
        return {
            "the user": lambda: self._users.get(self._user()),
            "the catalogue, first page": lambda: self._products.for_sale(Cursor(), PAGE),
            "the catalogue, deep page": lambda: self._products.for_sale(
                Cursor(self._chance.randint(1, PRODUCTS)), PAGE
            ),
            "one product": lambda: self._products.get_for_sale(ProductId(self._chance.randint(1, PRODUCTS))),
            "the cart": lambda: self._carts.get(self._shopper()),
            "a user's orders, first page": lambda: self._orders.of_user(self._user(), Cursor(), PAGE),
            "a regular's orders, deep page": lambda: self._orders.of_user(self._regular(), self._deep(), PAGE),
            "a regular's orders, deep page back": lambda: self._orders.of_user(self._regular(), self._deep(True), PAGE),
            "a regular's orders, counted": lambda: self._orders.count_of_user(self._regular()),
            "one order": lambda: self._orders.get_of_user(*self._chance.choice(self._known)),
            "new orders, first page": lambda: self._orders.list_new(Cursor(), ADMINS_PAGE),
            "new orders, deep page": lambda: self._orders.list_new(self._deep(), ADMINS_PAGE),
            "open orders, first page": lambda: self._orders.list_open(Cursor(), ADMINS_PAGE),
            "open orders, deep page": lambda: self._orders.list_open(self._deep(), ADMINS_PAGE),
        }

    def _user(self) -> UserId:
        return UserId(self._chance.randint(1, self._scale.users))

    def _regular(self) -> UserId:
        return UserId(self._chance.randint(1, self._scale.regulars))

    def _shopper(self) -> UserId:
        return UserId(CART_EVERY * self._chance.randint(1, self._scale.users // CART_EVERY))

    def _deep(self, back: bool = False) -> Cursor:
        return Cursor(self._chance.randint(ORDERS_BEGIN + 1, self._scale.last_order), back)


async def some_orders(owner: Connection[Record], scale: Scale, count: int) -> list[tuple[OrderId, UserId]]:
    """Chosen by chance, each with its customer."""
    chance = random.Random(2)
    chosen = [chance.randint(ORDERS_BEGIN + 1, scale.last_order) for _ in range(count)]
    rows = await owner.fetch("SELECT id, user_id FROM app.orders WHERE id = ANY ($1::bigint[])", chosen)
    return [(OrderId(row["id"]), UserId(row["user_id"])) for row in rows]
