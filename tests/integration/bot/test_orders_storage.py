from __future__ import annotations

import pytest

from bot.domain.orders import OrderId, Status
from bot.domain.pages import Cursor
from bot.domain.products import MOST_STOCK, ProductId
from bot.domain.users import Identity, UserId
from bot.storage.carts import CartStore
from bot.storage.database import Database
from bot.storage.orders import OrderStore
from bot.storage.personal_data import PersonalDataStore

ADA, GRACE = UserId(1), UserId(2)
TEA, CUP, POT = ProductId(1), ProductId(2), ProductId(3)


class Shop:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.carts = CartStore(database, "EUR")
        self.orders = OrderStore(database)
        self.personal_data = PersonalDataStore(database, self.orders)

    async def place(self, user_id: UserId, **quantities: int) -> OrderId:
        for name, quantity in quantities.items():
            await self.carts.put(Identity(user_id, None, "Ada"), {"tea": TEA, "cup": CUP, "pot": POT}[name], quantity)
        order_id = await self.orders.new_id()
        async with self.database.transaction() as connection:
            cart = await self.carts.get_in(connection, user_id, lock=True)
            await self.orders.place(connection, order_id, user_id, cart, "Ring twice.")
        return order_id

    async def change(self, order_id: OrderId, before: Status, after: Status) -> bool:
        async with self.database.transaction() as connection:
            return await self.orders.change_status(connection, order_id, before, after) is not None

    async def erase(self, user_id: UserId) -> list[OrderId]:
        async with self.database.transaction() as connection:
            return await self.personal_data.erase(connection, user_id)

    async def stock(self) -> list[int]:
        async with self.database.connection() as connection:
            rows = await connection.fetch("SELECT stock FROM products ORDER BY id")
        return [row["stock"] for row in rows]

    async def set_stock(self, product_id: ProductId, stock: int) -> None:
        async with self.database.connection() as connection:
            await connection.execute("UPDATE products SET stock = $2 WHERE id = $1", product_id, stock)


@pytest.fixture
async def shop(storage: Database) -> Shop:
    async with storage.connection() as connection:
        await connection.execute(
            """
            INSERT INTO products (sku, name, price, currency, stock)
            VALUES ('TEA', 'Tea', 450, 'EUR', 100), ('CUP', 'Cup', 700, 'EUR', 100), ('POT', 'Pot', 2000, 'EUR', 100)
            """
        )
    return Shop(storage)


async def test_the_pieces_of_a_cancelled_order_return_once(shop: Shop) -> None:
    order_id = await shop.place(ADA, tea=3, cup=1)
    await shop.place(GRACE, tea=10)
    assert await shop.stock() == [87, 99, 100]
    assert await shop.change(order_id, Status.PLACED, Status.CANCELLED)
    assert not await shop.change(order_id, Status.PLACED, Status.CANCELLED)
    assert await shop.stock() == [90, 100, 100]


async def test_no_more_pieces_return_than_a_stock_can_hold(shop: Shop) -> None:
    order_id = await shop.place(ADA, tea=3, cup=1)
    await shop.set_stock(TEA, MOST_STOCK - 2)
    assert await shop.change(order_id, Status.PLACED, Status.CANCELLED)
    assert await shop.stock() == [MOST_STOCK, 100, 100]


async def test_of_somebody_who_is_forgotten_all_new_orders_are_cancelled(shop: Shop) -> None:
    """And the pieces of all of them return, also of what is in several."""
    delivered = await shop.place(ADA, pot=1)
    for before, after in ((Status.PLACED, Status.CONFIRMED), (Status.CONFIRMED, Status.SHIPPED)):
        await shop.change(delivered, before, after)
    new = [await shop.place(ADA, tea=3, cup=1), await shop.place(ADA, tea=4)]
    graces = await shop.place(GRACE, tea=5)
    assert await shop.erase(ADA) == [delivered]
    assert list(await shop.personal_data.open_orders(ADA)) == [delivered, *new]

    await shop.change(delivered, Status.SHIPPED, Status.DELIVERED)
    assert await shop.erase(ADA) == []
    assert await shop.stock() == [95, 100, 99]
    assert await shop.personal_data.open_orders(ADA) == {}
    assert await shop.personal_data.open_orders(GRACE) == {graces: Status.PLACED}


async def test_nobody_elses_orders_are_in_a_list(shop: Shop) -> None:
    mine = [await shop.place(ADA, tea=1) for _ in range(3)]
    await shop.place(GRACE, tea=1)
    mine.append(await shop.place(ADA, tea=1))
    newest_first = mine[::-1]
    first = await shop.orders.of_user(ADA, Cursor(), 3)
    assert [order.id for order in first.items] == newest_first[:3]
    assert (first.has_previous, first.has_next) == (False, True)
    second = await shop.orders.of_user(ADA, Cursor(first.items[-1].id), 3)
    assert [order.id for order in second.items] == newest_first[3:]
    back = await shop.orders.of_user(ADA, Cursor(second.items[0].id, back=True), 3)
    assert [order.id for order in back.items] == newest_first[:3]
