"""A customer looks around, fills a cart and orders, step by step."""

from __future__ import annotations

import pytest

from emulator.client import Person
from tests.integration.bot.shop.conftest import Shop


@pytest.fixture(scope="module")
def tea(shop: Shop) -> int:
    return shop.product("TEA", "Green <tea>", 450, 1000, description="From <Uji>")


def labels(person: Person) -> list[str]:
    newest = max(person.seen)
    return [button["text"] for button in person.seen[newest].buttons]


def order(customer: Person, note: str = "leave it at the door") -> str:
    """The text of the order that was placed, of whatever is in the cart."""
    customer.say("/cart")
    customer.expect("Total")
    customer.press("Check out")
    customer.expect("Where to")
    customer.say(note)
    customer.expect("Total")
    customer.press("Place the order")
    return customer.expect("Thank you").text


def test_a_whole_order(shop: Shop, customer: Person, tea: int) -> None:
    customer.say("/catalogue")
    customer.expect("What would you like?")
    customer.press("Green <tea> · €4.50")
    shown = customer.expect("Green <tea>")
    assert "From <Uji>" in shown.text
    customer.press("Add 2")
    assert "2 in your cart" in customer.expect().text
    text = order(customer)
    assert "2 × Green <tea> · €9.00" in text
    assert "leave it at the door" in text
    assert shop.value("SELECT stock FROM products WHERE id = $1", tea) == 998
    customer.say("/cart")
    customer.expect("Your cart is empty.")
