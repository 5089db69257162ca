from __future__ import annotations

from asyncpg import Record

from bot.domain.money import Money
from bot.domain.pages import Cursor, Page, page
from bot.domain.products import Product, ProductId
from bot.storage.database import Database


class ProductStore:
    """What is for sale is not hidden, and has its price in the shop's currency.

    Every method raises StorageUnavailable while the database is away.
    """

    def __init__(self, database: Database, currency: str) -> None:
        self._database = database
        self._currency = currency

    async def for_sale(self, cursor: Cursor, size: int) -> Page[Product]:
        """A page, in the order in which the products were added."""
        # With `currency = $1`, the order would be that of the primary key as well, where what is hidden is in the way.
        async with self._database.connection() as connection:
            if cursor.back:
                rows = await connection.fetch(
                    """
                    SELECT id, sku, name, description, price, currency, stock, is_hidden
                    FROM products
                    WHERE (currency, id) < ($1, $2)
                      AND currency >= $1
                      AND NOT is_hidden
                    ORDER BY currency DESC, id DESC
                    LIMIT $3
                    """,
                    self._currency,
                    cursor.id,
                    size + 1,
                )
            else:
                rows = await connection.fetch(
                    """
                    SELECT id, sku, name, description, price, currency, stock, is_hidden
                    FROM products
                    WHERE (currency, id) > ($1, $2)
                      AND currency <= $1
                      AND NOT is_hidden
                    ORDER BY currency, id
                    LIMIT $3
                    """,
                    self._currency,
                    cursor.id or 0,
                    size + 1,
                )
        return page([product(row) for row in rows], cursor, size)

    async def get_for_sale(self, product_id: ProductId) -> Product | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                """
                SELECT id, sku, name, description, price, currency, stock, is_hidden
                FROM products
                WHERE id = $1
                  AND currency = $2
                  AND NOT is_hidden
                """,
                product_id,
                self._currency,
            )
        return product(row) if row else None

    async def find_for_sale(self, sku: str) -> Product | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                """
                SELECT id, sku, name, description, price, currency, stock, is_hidden
                FROM products
                WHERE sku = $1
                  AND currency = $2
                  AND NOT is_hidden
                """,
                sku,
                self._currency,
            )
        return product(row) if row else None


def product(row: Record) -> Product:
    return Product(
        ProductId(row["id"]),
        row["sku"],
        row["name"],
        row["description"],
        Money(row["price"], row["currency"]),
        row["stock"],
        row["is_hidden"],
    )
