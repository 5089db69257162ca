from __future__ import annotations

import pytest

from bot.domain.pages import Cursor
from bot.storage.database import Database
from bot.storage.products import ProductStore

#: Nine for sale, with others between, before and behind them.
FILL = """
    INSERT INTO products (sku, name, price, currency, stock, is_hidden)
    SELECT 'P' || number, 'Tea', 450,
           CASE WHEN number % 3 = 0 THEN 'USD' WHEN number % 7 = 0 THEN 'AUD' ELSE 'EUR' END, 1, number % 5 = 1
    FROM generate_series(1, 21) AS number
"""
FOR_SALE = [2, 4, 5, 8, 10, 13, 17, 19, 20]


@pytest.fixture
async def products(storage: Database) -> ProductStore:
    async with storage.connection() as connection:
        await connection.execute(FILL)
    return ProductStore(storage, "EUR")


async def test_pages_forward_have_everything_for_sale_once(products: ProductStore) -> None:
    cursor, seen = Cursor(), list[int]()
    while (page := await products.for_sale(cursor, 2)).has_next:
        seen += [product.id for product in page.items]
        cursor = Cursor(seen[-1])
    seen += [product.id for product in page.items]
    assert seen == FOR_SALE


async def test_pages_back_have_everything_for_sale_once(products: ProductStore) -> None:
    cursor, seen = Cursor(1_000, back=True), list[int]()
    while (page := await products.for_sale(cursor, 2)).has_previous:
        seen = [product.id for product in page.items] + seen
        cursor = Cursor(seen[0], back=True)
    assert [product.id for product in page.items] + seen == FOR_SALE


async def test_a_shop_with_another_currency_has_nothing_for_sale(storage: Database, products: ProductStore) -> None:
    for currency in ("AED", "CHF", "ZAR"):
        for cursor in (Cursor(), Cursor(1_000, back=True)):
            assert (await ProductStore(storage, currency).for_sale(cursor, 2)).items == []
