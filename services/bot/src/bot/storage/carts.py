from __future__ import annotations

from bot.domain.carts import MOST_PIECES, Cart, CartLine
from bot.domain.products import ProductId
from bot.domain.users import Identity, UserId
from bot.storage.database import AnyConnection, Database
from bot.storage.products import product


class CartStore:
    """Every method raises StorageUnavailable while the database is away."""

    def __init__(self, database: Database, currency: str) -> None:
        self._database = database
        self._currency = currency

    async def get(self, user_id: UserId) -> Cart:
        async with self._database.connection() as connection:
            return await self.get_in(connection, user_id)

    async def get_in(self, connection: AnyConnection, user_id: UserId, *, lock: bool = False) -> Cart:
        """`lock`: nobody else changes the products before the transaction ends."""
        if lock:
            # In the order of their ids: two orders of the same products do not deadlock.
            await connection.execute(
                """
                SELECT
                FROM products
                WHERE id = ANY (ARRAY(SELECT product_id FROM cart_items WHERE user_id = $1))
                ORDER BY id
                FOR NO KEY UPDATE
                """,
                user_id,
            )
        rows = await connection.fetch(
            """
            SELECT id, sku, name, description, price, currency, stock, is_hidden, quantity,
                   CASE WHEN currency = $2 AND NOT is_hidden THEN least(stock, $3) ELSE 0 END AS available
            FROM cart_items
            JOIN products ON products.id = cart_items.product_id
            WHERE user_id = $1
            ORDER BY added_at, product_id
            """,
            user_id,
            self._currency,
            MOST_PIECES,
        )
        return Cart([CartLine(product(row), row["quantity"], row["available"]) for row in rows], self._currency)

    async def put(self, identity: Identity, product_id: ProductId, quantity: int) -> None:
        """Sets how many there are, no more than can be had, and 0 takes it out; nothing for what is not sold."""
        if quantity <= 0:
            await self.remove(identity.id, product_id)
            return
        async with self._database.connection() as connection:
            await connection.execute(
                """
                WITH wanted AS (
                    SELECT id, least(stock, $3, $4) AS quantity
                    FROM products
                    WHERE id = $2
                      AND stock > 0
                      AND currency = $5
                      AND NOT is_hidden
                ), known AS (
                    INSERT INTO users (id, username, first_name, language_code)
                    SELECT $1, $6, $7, $8
                    FROM wanted
                    ON CONFLICT (id) DO NOTHING
                )
                INSERT INTO cart_items (user_id, product_id, quantity)
                SELECT $1, id, quantity
                FROM wanted
                ON CONFLICT (user_id, product_id) DO UPDATE
                SET quantity = excluded.quantity
                """,
                identity.id,
                product_id,
                quantity,
                MOST_PIECES,
                self._currency,
                identity.username,
                identity.first_name,
                identity.language_code,
            )

    async def remove(self, user_id: UserId, product_id: ProductId) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                """
                DELETE FROM cart_items
                WHERE user_id = $1
                  AND product_id = $2
                """,
                user_id,
                product_id,
            )

    async def empty(self, user_id: UserId) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                """
                DELETE FROM cart_items
                WHERE user_id = $1
                """,
                user_id,
            )
