from __future__ import annotations

from collections.abc import Sequence

from asyncpg import Record

from bot.domain.money import Money
from bot.domain.pages import Cursor, Page, page
from bot.domain.product_csv import Imported, ProductLine
from bot.domain.products import Product, ProductId
from bot.storage.database import AnyConnection, Database


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
        return self._if_for_sale(await self.get(product_id))

    async def find_for_sale(self, sku: str) -> Product | None:
        return self._if_for_sale(await self.find(sku))

    async def all(self, cursor: Cursor, size: int) -> Page[Product]:
        """A page, also of what is not for sale, in the order in which the products were added."""
        async with self._database.connection() as connection:
            if cursor.back:
                rows = await connection.fetch(
                    """
                    SELECT id, sku, name, description, price, currency, stock, is_hidden
                    FROM products
                    WHERE id < $1
                    ORDER BY id DESC
                    LIMIT $2
                    """,
                    cursor.id,
                    size + 1,
                )
            else:
                rows = await connection.fetch(
                    """
                    SELECT id, sku, name, description, price, currency, stock, is_hidden
                    FROM products
                    WHERE id > $1
                    ORDER BY id
                    LIMIT $2
                    """,
                    cursor.id or 0,
                    size + 1,
                )
        return page([product(row) for row in rows], cursor, size)

    async def get(self, product_id: ProductId) -> Product | None:
        """Also one that is not for sale."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                """
                SELECT id, sku, name, description, price, currency, stock, is_hidden
                FROM products
                WHERE id = $1
                """,
                product_id,
            )
        return product(row) if row else None

    async def find(self, sku: str) -> Product | None:
        """Also one that is not for sale."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                """
                SELECT id, sku, name, description, price, currency, stock, is_hidden
                FROM products
                WHERE sku = $1
                """,
                sku,
            )
        return product(row) if row else None

    async def unknown(self, skus: Sequence[str]) -> set[str]:
        """Those that no product has. What is known stays known."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                """
                SELECT sku
                FROM unnest($1::text[]) AS asked (sku)
                WHERE NOT EXISTS (SELECT FROM products WHERE products.sku = asked.sku)
                """,
                skus,
            )
        return {row["sku"] for row in rows}

    async def add(
        self, connection: AnyConnection, sku: str, name: str, description: str, price: Money, stock: int
    ) -> Product | None:
        """None where another product has the SKU."""
        row = await connection.fetchrow(
            """
            INSERT INTO products (sku, name, description, price, currency, stock)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (sku) DO NOTHING
            RETURNING id, sku, name, description, price, currency, stock, is_hidden
            """,
            sku,
            name,
            description,
            price.amount,
            price.currency,
            stock,
        )
        return product(row) if row else None

    async def change(
        self,
        connection: AnyConnection,
        product_id: ProductId,
        *,
        name: str | None = None,
        description: str | None = None,
        price: Money | None = None,
        stock: int | None = None,
        is_hidden: bool | None = None,
    ) -> Product | None:
        """What is None stays as it is. None where there is no such product."""
        row = await connection.fetchrow(
            """
            UPDATE products
            SET name = coalesce($2, name),
                description = coalesce($3, description),
                price = coalesce($4, price),
                currency = coalesce($5, currency),
                stock = coalesce($6, stock),
                is_hidden = coalesce($7, is_hidden),
                updated_at = now()
            WHERE id = $1
            RETURNING id, sku, name, description, price, currency, stock, is_hidden
            """,
            product_id,
            name,
            description,
            price.amount if price else None,
            price.currency if price else None,
            stock,
            is_hidden,
        )
        return product(row) if row else None

    async def put(self, connection: AnyConnection, lines: Sequence[ProductLine]) -> Imported:
        """Adds what is new and changes what is not. Every SKU stands there once, the new ones with a price."""
        added = await self._add_new(connection, lines)
        changed = await self._change_known(connection, lines)
        return Imported(added, changed, len(lines) - added - changed)

    def _if_for_sale(self, found: Product | None) -> Product | None:
        return found if found and not found.is_hidden and found.price.currency == self._currency else None

    async def _add_new(self, connection: AnyConnection, lines: Sequence[ProductLine]) -> int:
        # In the order of the SKUs: two imports of the same products do not deadlock.
        done = await connection.execute(
            """
            INSERT INTO products (sku, name, description, price, currency, stock, is_hidden)
            SELECT sku, name, coalesce(description, ''), price, currency, coalesce(stock, 0), coalesce(is_hidden, false)
            FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::boolean[])
                AS given (sku, name, description, price, currency, stock, is_hidden)
            WHERE price IS NOT NULL
            ORDER BY sku
            ON CONFLICT (sku) DO NOTHING
            """,
            *_columns(lines),
        )
        return int(done.split()[-1])

    async def _change_known(self, connection: AnyConnection, lines: Sequence[ProductLine]) -> int:
        # In the order of their ids, as whoever orders them locks them; what is left as it is, is then still so.
        await connection.execute(
            """
            SELECT
            FROM products
            WHERE sku = ANY ($1::text[])
            ORDER BY id
            FOR NO KEY UPDATE
            """,
            [line.sku for line in lines],
        )
        done = await connection.execute(
            """
            UPDATE products
            SET name = given.name,
                description = coalesce(given.description, products.description),
                price = coalesce(given.price, products.price),
                currency = coalesce(given.currency, products.currency),
                stock = coalesce(given.stock, products.stock),
                is_hidden = coalesce(given.is_hidden, products.is_hidden),
                updated_at = now()
            FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::boolean[])
                AS given (sku, name, description, price, currency, stock, is_hidden)
            WHERE products.sku = given.sku
              AND (
                  products.name,
                  products.description,
                  products.price,
                  products.currency,
                  products.stock,
                  products.is_hidden
              ) IS DISTINCT FROM (
                  given.name,
                  coalesce(given.description, products.description),
                  coalesce(given.price, products.price),
                  coalesce(given.currency, products.currency),
                  coalesce(given.stock, products.stock),
                  coalesce(given.is_hidden, products.is_hidden)
              )
            """,
            *_columns(lines),
        )
        return int(done.split()[-1])


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


def _columns(lines: Sequence[ProductLine]) -> list[list[object]]:
    rows = [
        (
            line.sku,
            line.name,
            line.description,
            line.price.amount if line.price else None,
            line.price.currency if line.price else None,
            line.stock,
            line.is_hidden,
        )
        for line in lines
    ]
    return [list(column) for column in zip(*rows, strict=True)]
