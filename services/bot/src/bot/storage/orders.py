from __future__ import annotations

from collections.abc import Sequence

from asyncpg import Record

from bot.domain.carts import Cart
from bot.domain.inbox import LARGEST_ID
from bot.domain.money import Money
from bot.domain.orders import Order, OrderCounts, OrderDetails, OrderEvent, OrderId, OrderItem, Status
from bot.domain.pages import Cursor, Page, page
from bot.domain.products import MOST_STOCK, ProductId
from bot.domain.users import UserId
from bot.storage.database import AnyConnection, Database


class OrderStore:
    """Every method raises StorageUnavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def new_id(self) -> OrderId:
        """For an order that may be placed later."""
        async with self._database.connection() as connection:
            return OrderId(await connection.fetchval("SELECT nextval(pg_get_serial_sequence('orders', 'id'))"))

    async def place(
        self, connection: AnyConnection, order_id: OrderId, user_id: UserId, cart: Cart, delivery_note: str
    ) -> None:
        """Takes the stock and empties the cart. The cart has been read with its products locked, and can be ordered."""
        await connection.execute(
            """
            WITH bought AS (
                SELECT *
                FROM unnest($6::bigint[], $7::text[], $8::bigint[], $9::bigint[])
                    AS bought (product_id, name, price, quantity)
            ), placed AS (
                INSERT INTO orders (id, user_id, total, currency, delivery_note)
                VALUES ($1, $2, $3, $4, $5)
            ), items AS (
                INSERT INTO order_items (order_id, product_id, name, price, quantity)
                SELECT $1, product_id, name, price, quantity
                FROM bought
            ), events AS (
                INSERT INTO order_events (order_id, status)
                VALUES ($1, 'placed')
            ), taken AS (
                UPDATE products
                SET stock = stock - bought.quantity
                FROM bought
                WHERE products.id = bought.product_id
            )
            DELETE FROM cart_items
            WHERE user_id = $2
            """,
            order_id,
            user_id,
            cart.total.amount,
            cart.total.currency,
            delivery_note,
            [line.product.id for line in cart.lines],
            [line.product.name for line in cart.lines],
            [line.product.price.amount for line in cart.lines],
            [line.quantity for line in cart.lines],
        )

    async def change_status(
        self, connection: AnyConnection, order_id: OrderId, before: Status, after: Status, admin_id: int | None = None
    ) -> Order | None:
        """None where the order is no longer, or never was, as it is said to be before. Cancelled, its pieces return."""
        row = await connection.fetchrow(
            """
            WITH changed AS (
                UPDATE orders
                SET status = $3
                WHERE id = $1
                  AND status = $2
                RETURNING id, user_id, status, total, currency, delivery_note, placed_at
            ), events AS (
                INSERT INTO order_events (order_id, status, admin_id)
                SELECT id, status, $4
                FROM changed
            )
            SELECT *
            FROM changed
            """,
            order_id,
            before,
            after,
            admin_id,
        )
        if row and after is Status.CANCELLED:
            await self._return_stock(connection, [order_id])
        return _order(row) if row else None

    async def cancel_placed(self, connection: AnyConnection, order_ids: Sequence[OrderId]) -> None:
        """As their customer does, for orders that are locked."""
        await connection.execute(
            """
            WITH changed AS (
                UPDATE orders
                SET status = 'cancelled'
                WHERE id = ANY ($1::bigint[])
                RETURNING id, status
            )
            INSERT INTO order_events (order_id, status)
            SELECT id, status
            FROM changed
            """,
            order_ids,
        )
        await self._return_stock(connection, order_ids)

    async def of_user(self, user_id: UserId, cursor: Cursor, size: int) -> Page[Order]:
        """The newest first."""
        # A plan that is made for one who has ordered much would look for them among everybody's orders; one that is
        # made without knowing who it is for goes to their own.
        async with self._database.connection() as connection:
            if cursor.back:
                rows = await connection.fetch(
                    """
                    SELECT id, user_id, status, total, currency, delivery_note, placed_at
                    FROM orders
                    WHERE user_id = (SELECT $1::bigint)
                      AND id > $2
                    ORDER BY id
                    LIMIT $3
                    """,
                    user_id,
                    cursor.id,
                    size + 1,
                )
            else:
                rows = await connection.fetch(
                    """
                    SELECT id, user_id, status, total, currency, delivery_note, placed_at
                    FROM orders
                    WHERE user_id = (SELECT $1::bigint)
                      AND id < $2
                    ORDER BY id DESC
                    LIMIT $3
                    """,
                    user_id,
                    cursor.id or LARGEST_ID,
                    size + 1,
                )
        return page([_order(row) for row in rows], cursor, size)

    async def list_new(self, cursor: Cursor, size: int) -> Page[Order]:
        """What nobody has looked after yet, the oldest first."""
        return await self._listed("status = 'placed'", cursor, size)

    async def list_open(self, cursor: Cursor, size: int) -> Page[Order]:
        """What has not arrived yet, the oldest first."""
        return await self._listed("status IN ('placed', 'confirmed', 'shipped')", cursor, size)

    async def counts(self) -> OrderCounts:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                """
                SELECT count(*) FILTER (WHERE status = 'placed') AS new, count(*) AS open
                FROM orders
                WHERE status IN ('placed', 'confirmed', 'shipped')
                """
            )
        assert row is not None
        return OrderCounts(**row)

    async def count_of_user(self, user_id: UserId) -> int:
        async with self._database.connection() as connection:
            count: int = await connection.fetchval("SELECT count(*) FROM orders WHERE user_id = $1", user_id)
        return count

    async def get_of_user(self, order_id: OrderId, user_id: UserId) -> OrderDetails | None:
        """None also for another user's order."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                """
                SELECT id, user_id, status, total, currency, delivery_note, placed_at
                FROM orders
                WHERE id = $1
                  AND user_id = $2
                """,
                order_id,
                user_id,
            )
            return await self._details(connection, row) if row else None

    async def get(self, order_id: OrderId) -> OrderDetails | None:
        """Anybody's."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                """
                SELECT id, user_id, status, total, currency, delivery_note, placed_at
                FROM orders
                WHERE id = $1
                """,
                order_id,
            )
            return await self._details(connection, row) if row else None

    async def details_in(self, connection: AnyConnection, order_id: OrderId) -> OrderDetails:
        """Of an order that there is, as the transaction of `connection` sees it."""
        row = await connection.fetchrow(
            """
            SELECT id, user_id, status, total, currency, delivery_note, placed_at
            FROM orders
            WHERE id = $1
            """,
            order_id,
        )
        assert row is not None
        return await self._details(connection, row)

    async def _listed(self, condition: str, cursor: Cursor, size: int) -> Page[Order]:
        # The condition is written out, as the partial index has it: for a parameter it would not be used.
        beyond, direction = ("<", "DESC") if cursor.back else (">", "ASC")
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                f"""
                SELECT id, user_id, status, total, currency, delivery_note, placed_at
                FROM orders
                WHERE {condition}
                  AND id {beyond} $1
                ORDER BY id {direction}
                LIMIT $2
                """,  # noqa: S608 - constants of this class
                cursor.id or 0,
                size + 1,
            )
        return page([_order(row) for row in rows], cursor, size)

    async def _details(self, connection: AnyConnection, row: Record) -> OrderDetails:
        order = _order(row)
        items = await connection.fetch(
            """
            SELECT product_id, name, price, quantity
            FROM order_items
            WHERE order_id = $1
            ORDER BY product_id
            """,
            order.id,
        )
        events = await connection.fetch(
            """
            SELECT status, happened_at, admin_id
            FROM order_events
            WHERE order_id = $1
            ORDER BY happened_at
            """,
            order.id,
        )
        return OrderDetails(order, _items(items, order.total.currency), [_event(event) for event in events])

    async def _return_stock(self, connection: AnyConnection, order_ids: Sequence[OrderId]) -> None:
        # In the order of their ids, as whoever orders them locks them.
        await connection.execute(
            """
            SELECT
            FROM products
            WHERE id = ANY (ARRAY(SELECT product_id FROM order_items WHERE order_id = ANY ($1::bigint[])))
            ORDER BY id
            FOR NO KEY UPDATE
            """,
            order_ids,
        )
        await connection.execute(
            """
            UPDATE products
            SET stock = least($2, stock + (
                    SELECT sum(quantity)
                    FROM order_items
                    WHERE order_id = ANY ($1::bigint[])
                      AND product_id = products.id
                ))
            WHERE id = ANY (ARRAY(SELECT product_id FROM order_items WHERE order_id = ANY ($1::bigint[])))
            """,
            order_ids,
            MOST_STOCK,
        )


def _order(row: Record) -> Order:
    return Order(
        OrderId(row["id"]),
        row["user_id"],
        Status(row["status"]),
        Money(row["total"], row["currency"]),
        row["delivery_note"],
        row["placed_at"],
    )


def _items(rows: Sequence[Record], currency: str) -> list[OrderItem]:
    return [
        OrderItem(ProductId(row["product_id"]), row["name"], Money(row["price"], currency), row["quantity"])
        for row in rows
    ]


def _event(row: Record) -> OrderEvent:
    return OrderEvent(Status(row["status"]), row["happened_at"], row["admin_id"])
