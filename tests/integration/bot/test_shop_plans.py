"""However many products, users and orders there are, a query reads what it answers with, and no more."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from bot.config import Config
from bot.domain.orders import OrderId, Status
from bot.domain.pages import Cursor
from bot.domain.products import ProductId
from bot.domain.users import Identity, UserId
from bot.storage.carts import CartStore
from bot.storage.database import Database, open_database
from bot.storage.orders import OrderStore
from bot.storage.personal_data import PersonalDataStore
from bot.storage.products import ProductStore
from bot.storage.users import UserStore
from tests.hostile import PASSWORD
from tests.integration.bot.metering import Meter
from tests.integration.bot.processes import TOKEN
from tests.integration.conftest import TestDatabase, create_copy, drop
from tests.integration.postgres import Server

PAGE = 8
#: Prepared statements get another plan after the fifth time.
TIMES = 7
#: Whoever makes a plan looks at the ends of an index.
PLANNING = 2

#: Who has ordered most, a twentieth of all.
REGULAR = UserId(1)
REGULAR_ORDERS = 10_000
#: Everybody else has as many orders, or one more.
OWN_ORDERS = 10
FIRST_ORDER, LAST_ORDER = 1_000, 200_999
#: What is not for sale is in the midst of what is.
LAST_BEFORE_HIDDEN, FIRST_AFTER_HIDDEN = ProductId(500), ProductId(1501)
ITEMS = 2

FILL = """
    INSERT INTO users (id, username, first_name)
    SELECT number, 'user' || number, 'Ada'
    FROM generate_series(1, 20000) AS number;

    INSERT INTO products (sku, name, description, price, currency, stock, is_hidden)
    SELECT 'TEA-' || number, 'Tea', repeat('x', 100), 450,
           CASE WHEN number BETWEEN 1001 AND 1500 THEN 'USD' ELSE 'EUR' END,
           1000000,
           number BETWEEN 501 AND 1000
    FROM generate_series(1, 2000) AS number;

    INSERT INTO cart_items (user_id, product_id, quantity)
    SELECT number, 1 + (number + line) % 500, 1
    FROM generate_series(1, 10000) AS number,
         generate_series(1, 3) AS line;

    INSERT INTO orders (id, user_id, status, total, currency)
    SELECT 1000 + number,
           CASE WHEN number % 20 = 1 THEN 1 ELSE 2 + number % 19001 END,
           CASE WHEN number % 500 = 0 THEN (ARRAY['placed', 'confirmed', 'shipped'])[1 + number / 500 % 3]
                ELSE 'delivered' END,
           900, 'EUR'
    FROM generate_series(0, 199999) AS number;

    INSERT INTO order_items (order_id, product_id, name, price, quantity)
    SELECT id, 1 + (id * 7 + line * 601) % 2000, 'Tea', 450, 1
    FROM orders,
         generate_series(0, 1) AS line;

    INSERT INTO order_events (order_id, status)
    SELECT id, 'placed'
    FROM orders;

    SELECT setval(pg_get_serial_sequence('orders', 'id'), max(id)) FROM orders;

    INSERT INTO outbox (chat_id, method, parameters, state)
    SELECT number % 20000 + 1, 'sendMessage', '{}', 'sent'
    FROM generate_series(1, 20000) AS number;

    INSERT INTO failed_updates (id, chat_id, update_id, received_at, payload, attempts, error)
    SELECT number, number, number, now(), '{}', 5, 'no'
    FROM generate_series(1, 20000) AS number
"""

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Shop:
    database: Database

    @property
    def products(self) -> ProductStore:
        return ProductStore(self.database, "EUR")

    @property
    def carts(self) -> CartStore:
        return CartStore(self.database, "EUR")

    @property
    def orders(self) -> OrderStore:
        return OrderStore(self.database)

    @property
    def users(self) -> UserStore:
        return UserStore(self.database)

    @property
    def personal_data(self) -> PersonalDataStore:
        return PersonalDataStore(self.database, self.orders)

    async def place(self, customer: UserId) -> OrderId:
        """All that is in the cart."""
        order_id = await self.orders.new_id()
        async with self.database.transaction() as connection:
            cart = await self.carts.get_in(connection, customer, lock=True)
            await self.orders.place(connection, order_id, customer, cart, "")
        return order_id

    async def change_status(self, order_id: OrderId, before: Status, after: Status) -> None:
        async with self.database.transaction() as connection:
            assert await self.orders.change_status(connection, order_id, before, after)

    async def erase(self, customer: UserId) -> None:
        async with self.database.transaction() as connection:
            assert await self.personal_data.erase(connection, customer) == []


@pytest.fixture(scope="module")
def full(server: Server, migrated: str) -> Iterator[TestDatabase]:
    database = TestDatabase(server, "full_shop")
    asyncio.run(create_copy(server, migrated, database.name))
    asyncio.run(_fill(database))
    yield database
    asyncio.run(drop(server, database.name))


async def _fill(database: TestDatabase) -> None:
    owner = await database.connect("postgres")
    # References are not looked up for every row: the rows fit by the way they are made.
    await owner.execute("SET search_path = app; SET session_replication_role = replica")
    await owner.execute(FILL)
    await owner.execute("VACUUM (ANALYZE)")
    await owner.close()


@pytest.fixture(params=["auto", "force_generic_plan", "force_custom_plan"])
async def shop(full: TestDatabase, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    """On one connection, whose prepared statements are planned so."""
    settings = {"bot_token": TOKEN, "database_password": PASSWORD, "database_url": full.url("bot")}
    pool = {"database_pool_min_size": 1, "database_pool_max_size": 1}
    database = await open_database(Config.model_validate(settings | pool))
    async with database.connection() as connection:
        await connection.execute(f"SET plan_cache_mode = {request.param}")
    yield Shop(database)
    await database.close()


#: Whoever is changed by a test is nobody else's: ten orders each, and three products in the cart.
_CUSTOMERS = itertools.count(2)


def customer() -> UserId:
    return UserId(next(_CUSTOMERS))


async def reads(shop: Shop, work: Work, **most: int) -> None:
    """Raises AssertionError unless it reads of these tables alone, and of none more than this at any time."""
    meter = Meter(shop.database, entries=True)
    for _ in range(TIMES):
        await meter(work())
    assert set(meter.all_read) == set(most)
    assert {table: rows for table, rows in meter.all_read.items() if rows > most[table] + PLANNING} == {}


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor(),
        Cursor(LAST_BEFORE_HIDDEN - 3),
        Cursor(1900),
        Cursor(FIRST_AFTER_HIDDEN + 3, back=True),
        Cursor(1900, back=True),
    ],
    ids=str,
)
async def test_a_page_of_the_catalogue(shop: Shop, cursor: Cursor) -> None:
    assert len((await shop.products.for_sale(cursor, PAGE)).items) == PAGE
    await reads(shop, lambda: shop.products.for_sale(cursor, PAGE), products=PAGE + 1)


async def test_a_product(shop: Shop) -> None:
    await reads(shop, lambda: shop.products.get_for_sale(ProductId(7)), products=1)
    await reads(shop, lambda: shop.products.find_for_sale("TEA-7"), products=1)


async def test_a_cart(shop: Shop) -> None:
    user_id = customer()
    assert len((await shop.carts.get(user_id)).lines) == 3
    await reads(shop, lambda: shop.carts.get(user_id), cart_items=3, products=3)


async def test_a_product_in_the_cart(shop: Shop) -> None:
    identity = Identity(customer(), None, "Ada")
    quantities = itertools.count(1)

    async def put() -> None:
        await shop.carts.put(identity, ProductId(400), next(quantities))

    # What it reads of users and products beside the product itself makes sure of the references.
    await reads(shop, put, cart_items=2, products=2, users=3)
    await reads(shop, lambda: shop.carts.remove(identity.id, ProductId(400)), cart_items=1)


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor(),
        Cursor(LAST_ORDER - 500),
        Cursor(FIRST_ORDER + 5_000),
        Cursor(LAST_ORDER - 5_000, back=True),
        Cursor(FIRST_ORDER + 500, back=True),
    ],
    ids=str,
)
async def test_a_page_of_many_orders(shop: Shop, cursor: Cursor) -> None:
    assert len((await shop.orders.of_user(REGULAR, cursor, PAGE)).items) == PAGE
    await reads(shop, lambda: shop.orders.of_user(REGULAR, cursor, PAGE), orders=PAGE + 1)


async def test_a_page_of_few_orders(shop: Shop) -> None:
    user_id = customer()
    assert len((await shop.orders.of_user(user_id, Cursor(), PAGE)).items) == PAGE
    await reads(shop, lambda: shop.orders.of_user(user_id, Cursor(), PAGE), orders=PAGE + 1)


async def test_orders_are_counted(shop: Shop) -> None:
    user_id = customer()
    assert await shop.orders.count_of_user(REGULAR) == REGULAR_ORDERS
    await reads(shop, lambda: shop.orders.count_of_user(REGULAR), orders=REGULAR_ORDERS)
    await reads(shop, lambda: shop.orders.count_of_user(user_id), orders=OWN_ORDERS + 1)


async def test_an_order(shop: Shop) -> None:
    order_id = OrderId(FIRST_ORDER + 100_001)
    details = await shop.orders.get_of_user(order_id, REGULAR)
    assert details
    assert (len(details.items), len(details.events)) == (ITEMS, 1)
    reading = {"orders": 1, "order_items": ITEMS, "order_events": 1}
    await reads(shop, lambda: shop.orders.get_of_user(order_id, REGULAR), **reading)
    await reads(shop, lambda: shop.orders.get(order_id), **reading)


async def test_another_users_order(shop: Shop) -> None:
    order_id = OrderId(FIRST_ORDER + 100_001)
    assert await shop.orders.get_of_user(order_id, UserId(2)) is None
    await reads(shop, lambda: shop.orders.get_of_user(order_id, UserId(2)))


@pytest.mark.parametrize("after", [0, FIRST_ORDER + 50_000, LAST_ORDER - 20_000])
async def test_a_page_of_new_and_of_open_orders(shop: Shop, after: int) -> None:
    for listed in (shop.orders.list_new, shop.orders.list_open):
        assert len((await listed(Cursor(after), PAGE)).items) == PAGE
        await reads(shop, partial(listed, Cursor(after), PAGE), orders=PAGE + 1)


async def test_an_order_is_placed(shop: Shop) -> None:
    # Locked, read and taken from; the rest makes sure of the references.
    await reads(shop, lambda: shop.place(customer()), cart_items=9, products=15, users=1, orders=4)


async def test_a_status_is_changed(shop: Shop) -> None:
    placed = [await shop.place(customer()) for _ in range(TIMES)]
    confirmed, shipped = iter(placed), iter(placed)
    await reads(shop, lambda: shop.change_status(next(confirmed), Status.PLACED, Status.CONFIRMED), orders=4)
    await reads(shop, lambda: shop.change_status(next(shipped), Status.CONFIRMED, Status.SHIPPED), orders=4)


async def test_an_order_is_cancelled(shop: Shop) -> None:
    placed = iter([await shop.place(customer()) for _ in range(TIMES)])
    await reads(
        shop,
        lambda: shop.change_status(next(placed), Status.PLACED, Status.CANCELLED),
        orders=4,
        order_items=12,
        products=9,
    )


async def test_users_who_are_asked_for_at_once(shop: Shop) -> None:
    user_ids = [UserId(number) for number in range(100, 20_000, 199)]
    users = shop.users
    await reads(shop, lambda: asyncio.gather(*(users.get(user_id) for user_id in user_ids)), users=len(user_ids))


async def test_somebodys_data_is_exported(shop: Shop) -> None:
    user_id = customer()
    exported: dict[str, Any] = await shop.personal_data.export(user_id) or {}
    orders = len(exported["orders"])
    assert (orders in (OWN_ORDERS, OWN_ORDERS + 1), len(exported["cart"])) == (True, 3)
    await reads(
        shop,
        lambda: shop.personal_data.export(user_id),
        users=1,
        cart_items=3,
        products=3,
        orders=orders,
        order_items=ITEMS * orders,
        order_events=orders,
    )


async def test_what_somebody_waits_for(shop: Shop) -> None:
    user_id = customer()
    await shop.place(user_id)
    assert len(await shop.personal_data.open_orders(user_id)) >= 1
    await reads(shop, lambda: shop.personal_data.open_orders(user_id), orders=OWN_ORDERS + 2)
    await reads(shop, lambda: shop.personal_data.open_orders(REGULAR), orders=REGULAR_ORDERS)


async def test_somebody_is_forgotten(shop: Shop) -> None:
    forgotten = iter([await _customer_with_one_new_order(shop) for _ in range(TIMES)])
    await reads(
        shop,
        lambda: shop.erase(next(forgotten)),
        users=2,
        cart_items=6,
        orders=4 * (OWN_ORDERS + 2),
        order_items=12,
        products=9,
        outbox=1,
        failed_updates=1,
    )


async def _customer_with_one_new_order(shop: Shop) -> UserId:
    while True:
        user_id = customer()
        if not await shop.personal_data.open_orders(user_id):
            await shop.place(user_id)
            return user_id
