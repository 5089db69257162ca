"""A customer's own orders: seen by nobody else, and cancelled as long as that is allowed."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.domain.order_numbers import order_number
from bot.domain.orders import OrderId
from emulator.client import Person
from tests.integration.bot.shop.conftest import Shop
from tests.integration.bot.shop.looking import data_of, labels

INSERT = """
    WITH placed AS (
        INSERT INTO orders (user_id, status, total, currency, placed_at)
        SELECT $1, 'delivered', number, 'EUR', '2026-03-28 23:30 UTC'
        FROM generate_series(1, $2::integer) AS number
        RETURNING id, total, placed_at
    ), events AS (
        INSERT INTO order_events (order_id, status, happened_at)
        SELECT id, 'placed', placed_at
        FROM placed
    )
    INSERT INTO order_items (order_id, product_id, name, price, quantity)
    SELECT id, $3, 'Tea', total, 1
    FROM placed
"""


@pytest.fixture(scope="module")
def tea(shop: Shop) -> int:
    return shop.product("TEA", "Tea", 450, 1000)


def of(shop: Shop, order: int) -> tuple[str, int]:
    """The status, and how many pieces are in stock."""
    query = "SELECT status, stock FROM orders, products WHERE orders.id = $1 AND sku = 'TEA'"
    [(status, stock)] = shop.sql(query, order)
    return status, stock


def test_who_has_bought_nothing_is_shown_the_catalogue(customer: Person) -> None:
    assert customer.ask("/orders") == "No orders here."
    assert labels(customer) == ["Catalogue"]


def test_an_order_shows_its_lines_and_its_history(shop: Shop, customer: Person, tea: int) -> None:
    number = order_number(OrderId(shop.order(customer, tea, quantity=2, note="<3")))
    assert customer.ask("/orders") == "Your orders, the newest first:"
    [label] = labels(customer)
    assert re.fullmatch(rf"{number} · \w{{3}} \d+, \d{{4}} · €9\.00 · placed", label)
    text = shop.push(customer, label)
    for part in (f"Order {number} · placed", "2 × Tea · €9.00", "Total: €9.00", "Delivery: <3"):
        assert part in text
    assert text.splitlines()[-1].endswith("· placed")


def test_pages_go_there_and_back_without_missing_any(shop: Shop, customer: Person, tea: int) -> None:
    customer.ask("/start")
    shop.sql(INSERT, customer.id, 30, tea)
    customer.ask("/orders")
    there, back = [labels(customer)], []
    while "›" in labels(customer):
        shop.push(customer, "›")
        there.append(labels(customer))
    while "‹" in labels(customer):
        back.append(labels(customer))
        shop.push(customer, "‹")
    back.append(labels(customer))
    assert [sorted(page) for page in back] == [sorted(page) for page in there[::-1]]
    prices = [label.split(" · ")[2] for page in there for label in page if label not in "‹›"]
    assert prices == [f"€0.{cents:02}" for cents in range(30, 0, -1)]


def test_a_page_that_nothing_is_on_any_more_is_no_error(shop: Shop, customer: Person) -> None:
    for data in ("orders:1:0", f"orders:{2**63 - 1}:1", "orders::1", "orders:x:1", "orders:1:2", "orders"):
        shop.tap(customer, data)
    assert shop.failed() == []


def test_nobody_sees_or_cancels_anothers_order(shop: Shop, customer: Person, tea: int) -> None:
    order = shop.order(customer, tea, note="my address")
    thief = shop.person("Thief")
    thief.ask("/start")
    for data in (f"order:{order}", f"cancel:{order}:0", f"cancel:{order}:1", f"place:{order}"):
        assert "my address" not in shop.tap(thief, data)
    assert shop.tap(thief, f"order:{order}") == "There is no such order."
    assert of(shop, order)[0] == "placed"


def test_a_cancelled_order_returns_its_pieces_once(shop: Shop, customer: Person, tea: int) -> None:
    order = shop.order(customer, tea, quantity=3)
    before = of(shop, order)[1]
    customer.ask("/orders")
    shop.push(customer, labels(customer)[0])
    assert shop.push(customer, "Cancel this order") == f"Cancel order {order_number(OrderId(order))}?"
    message, yes = max(customer.seen), data_of(customer, "Yes, cancel it")
    assert "placed" in shop.push(customer, "No")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: customer.press_data(message, yes, forged=True), range(4)))
    text = shop.tap(customer, yes, message)
    assert "· cancelled" in text
    assert "too late" not in text
    assert of(shop, order) == ("cancelled", before + 3)
    assert labels(customer) == ["All orders"]


def test_the_admins_hear_of_a_cancelled_order(shop: Shop, customer: Person, owner: Person, tea: int) -> None:
    owner.say("/start")
    order = shop.order(customer, tea)
    shop.tap(customer, f"cancel:{order}:1")
    shop.wait_until_idle()
    number = order_number(OrderId(order))
    told = [answer.text for answer in owner.read()]
    assert told[-1] == f"The customer has cancelled order {number}."


@pytest.mark.parametrize("status", ["confirmed", "shipped", "delivered", "cancelled"])
def test_it_may_be_too_late_to_cancel(shop: Shop, customer: Person, tea: int, status: str) -> None:
    order = shop.order(customer, tea)
    customer.ask("/orders")
    shop.push(customer, labels(customer)[0])
    shop.push(customer, "Cancel this order")
    yes = data_of(customer, "Yes, cancel it")
    shop.sql("UPDATE orders SET status = $2 WHERE id = $1", order, status)
    before = of(shop, order)
    assert "It is too late to cancel this order." in shop.tap(customer, yes)
    assert f"· {status}" in shop.tap(customer, f"cancel:{order}:0")
    assert "Cancel this order" not in labels(customer)
    assert of(shop, order) == before


def test_times_are_those_of_the_customers_zone(shop: Shop, customer: Person, tea: int) -> None:
    customer.ask("/start")
    shop.sql(INSERT, customer.id, 1, tea)
    customer.ask("/orders")
    assert "Mar 28, 2026" in labels(customer)[0]
    assert "Mar 28, 2026, 11:30" in shop.push(customer, labels(customer)[0])
    shop.tap(customer, "zone:Europe/Berlin")
    customer.ask("/orders")
    assert "Mar 29, 2026" in labels(customer)[0]
    assert "Mar 29, 2026, 12:30" in shop.push(customer, labels(customer)[0])


def test_what_has_been_sold_keeps_its_name_and_price(shop: Shop, customer: Person) -> None:
    product = shop.product("OLD", "Old name", 100, 5)
    order = shop.order(customer, product)
    shop.sql("UPDATE products SET name = 'New name', price = 999, currency = 'USD' WHERE id = $1", product)
    text = shop.tap(customer, f"order:{order}")
    assert "1 × Old name · €1.00" in text
    assert "New name" not in text
