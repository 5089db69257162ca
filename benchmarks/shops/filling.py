"""A shop that has been at work for three years: its users, products, carts and orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from asyncpg import Connection, Record

PRODUCTS = 2_000
OPEN_EVERY = 1_000  # orders
CART_EVERY = 100  # users
#: Of each of those who order all the time; everybody else has about ten.
REGULAR_ORDERS = 1_000
CHUNK = 500_000  # orders written in one transaction
#: Ids begin behind it.
ORDERS_BEGIN = 1_000

#: From the number of a user, an order or a product to its row; every property is spread over all of them.
USERS = """
    INSERT INTO users (id, username, first_name, language_code, created_at)
    SELECT number, 'user_' || number, 'Ada', 'en', now() - (($1 - number) * interval '3 years' / $1)
    FROM generate_series(1, $1::bigint) AS number
"""
PRODUCTS_FOR_SALE = """
    INSERT INTO products (sku, name, description, price, currency, stock, is_hidden)
    SELECT 'TEA-' || number, 'Tea ' || number, repeat('Tastes of smoke. ', 10), 450, 'EUR', 1000, number % 10 = 0
    FROM generate_series(1, $1::bigint) AS number
"""
CARTS = """
    INSERT INTO cart_items (user_id, product_id, quantity)
    SELECT number, 1 + (number * 7 + line * 601) % $3, 1 + line
    FROM generate_series($2::bigint, $1, $2) AS number,
         generate_series(0, 2) AS line
"""
ORDERS = """
    INSERT INTO orders (id, user_id, status, total, currency, delivery_note, placed_at)
    SELECT $7 + number,
           CASE WHEN number % $5 = 7 THEN 1 + number / $5 % $4 ELSE 1 + number * 2654435761 % 4294967296 % $3 END,
           CASE WHEN number % $6 = 0 THEN (ARRAY['placed', 'confirmed', 'shipped'])[1 + number / $6 % 3]
                WHEN number % 20 = 1 THEN 'cancelled'
                ELSE 'delivered' END,
           450 * (1 + number % 3),
           'EUR',
           CASE WHEN number % 4 = 0 THEN 'Ring twice, please.' ELSE '' END,
           now() - (($8 - number) * interval '3 years' / $8)
    FROM generate_series($1::bigint, $2) AS number
"""
ORDER_ITEMS = """
    INSERT INTO order_items (order_id, product_id, name, price, quantity)
    SELECT $4 + number, 1 + (number * 7 + line * 601) % $3, 'Tea', 450, 1
    FROM generate_series($1::bigint, $2) AS number,
         generate_series(0, number % 3) AS line
"""
#: When it was placed, and when it became what it is.
ORDER_EVENTS = """
    INSERT INTO order_events (order_id, status, admin_id, happened_at)
    SELECT id, passed.status, CASE WHEN passed.place > 1 THEN 9001 END, placed_at + passed.place * interval '1 h'
    FROM orders,
         unnest(CASE status WHEN 'placed' THEN ARRAY[status] ELSE ARRAY['placed', status] END)
             WITH ORDINALITY AS passed (status, place)
    WHERE id BETWEEN $1 AND $2
"""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Scale:
    orders: int

    @property
    def users(self) -> int:
        return max(self.orders // 10, CART_EVERY)

    @property
    def regulars(self) -> int:
        """They are the first users."""
        return max(self.orders // 100_000, 1)

    @property
    def last_order(self) -> int:
        return ORDERS_BEGIN + self.orders

    def __str__(self) -> str:
        return f"{self.orders:,} orders"


async def fill(owner: Connection[Record], scale: Scale, tell: Tell) -> None:
    """`owner`: a superuser's connection to a migrated database; its indexes and constraints are the same later."""
    await owner.execute("SET search_path = app; SET maintenance_work_mem = '512MB'")
    schema = await _schema(owner)
    # References are not looked up for every row: the rows fit by the way they are made.
    await owner.execute("SET session_replication_role = replica")
    await owner.execute(USERS, scale.users)
    await owner.execute(PRODUCTS_FOR_SALE, PRODUCTS)
    await owner.execute(CARTS, scale.users, CART_EVERY, PRODUCTS)
    tell(f"{scale.users:,} users, {scale.users // CART_EVERY:,} carts, {PRODUCTS:,} products")
    indexes = await _drop_indexes_of_orders(owner)
    for first in range(1, scale.orders + 1, CHUNK):
        last = min(first + CHUNK - 1, scale.orders)
        await _write_orders(owner, scale, first, last)
        tell(f"{last:,} of {scale}")
    for definition in indexes:
        await owner.execute(definition)
    tell("the indexes are back")
    await owner.execute("SELECT setval(pg_get_serial_sequence('orders', 'id'), $1)", scale.last_order)
    await owner.execute("VACUUM (ANALYZE)")
    await owner.execute("CHECKPOINT")
    assert await _schema(owner) == schema
    tell(f"vacuumed: {await owner.fetchval('SELECT pg_size_pretty(pg_database_size(current_database()))')}")


async def _write_orders(owner: Connection[Record], scale: Scale, first: int, last: int) -> None:
    regular_every = scale.orders // (scale.regulars * REGULAR_ORDERS)
    async with owner.transaction():
        await owner.execute(
            ORDERS,
            *(first, last, scale.users, scale.regulars, regular_every, OPEN_EVERY, ORDERS_BEGIN, scale.orders),
        )
        await owner.execute(ORDER_ITEMS, first, last, PRODUCTS, ORDERS_BEGIN)
        await owner.execute(ORDER_EVENTS, ORDERS_BEGIN + first, ORDERS_BEGIN + last)


async def _drop_indexes_of_orders(owner: Connection[Record]) -> list[str]:
    """How to make them again; written at the end, they take a fraction of the time."""
    rows = await owner.fetch(
        """
        SELECT indexname, indexdef
        FROM pg_indexes
        WHERE schemaname = 'app'
          AND tablename = 'orders'
          AND indexname NOT IN (SELECT conname FROM pg_constraint)
        """
    )
    for row in rows:
        await owner.execute(f'DROP INDEX "{row["indexname"]}"')
    return [row["indexdef"] for row in rows]


async def _schema(owner: Connection[Record]) -> list[str]:
    rows = await owner.fetch(
        """
        SELECT indexdef AS definition
        FROM pg_indexes
        WHERE schemaname = 'app'
        UNION ALL
        SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint
        WHERE connamespace = 'app'::regnamespace
          AND convalidated
        ORDER BY 1
        """
    )
    return [row["definition"] for row in rows]
