"""/export tells all, /forget erases all but what was sold."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from emulator.client import Person
from tests.integration.bot.shop.conftest import Shop
from tests.integration.bot.shop.looking import data_of

FORGOTTEN = "I have forgotten you. /start begins anew."


@pytest.fixture(scope="module")
def tea(shop: Shop) -> int:
    return shop.product("TEA", "Tea", 450, 1000)


@pytest.fixture
def customer(shop: Shop) -> Person:
    """Whose names, and notes, hold a number that nobody else has."""
    person = shop.person("Ada Secret")
    person.names["username"] = f"ada_{person.id}"
    person.rename(f"Ada Secret {person.id}")
    person.ask("/start")
    return person


def traces(shop: Shop, person: Person) -> list[str]:
    """The tables in which anything of the person's is left."""
    found = []
    for (table,) in shop.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'app'"):
        texts = [str(row[0]) for row in shop.sql(f"SELECT row_to_json(t)::text FROM app.{table} AS t")]
        if any(str(person.id) in text for text in texts):
            found.append(table)
    return sorted(found)


def exported(shop: Shop, person: Person) -> dict[str, Any]:
    person.say("/export")
    document = person.expect("This is all that I know about you.").message["document"]
    assert document["file_name"] == "my-data.json"
    token = "1000000001:token-of-the-integration-tests-0001"
    path = shop.emulator.get(f"/bot{token}/getFile", file_id=document["file_id"])["result"]["file_path"]
    with urllib.request.urlopen(f"{shop.emulator.url}/file/bot{token}/{path}") as file:
        content: dict[str, Any] = json.load(file)
    return content


def test_the_export_holds_everything_and_nothing_of_others(shop: Shop, customer: Person, tea: int) -> None:
    other = shop.person("Other")
    shop.order(other, tea, note="not for Ada")
    shop.order(customer, tea, quantity=2, note="my secret address")
    shop.tap(customer, f"put:{tea}:3:cart")
    shop.tap(customer, "notify:0")
    content = exported(shop, customer)
    assert content["user"]["first_name"] == customer.first_name
    assert content["user"]["settings"] == {"order_notifications": False}
    assert [(line["sku"], line["quantity"]) for line in content["cart"]] == [("TEA", 3)]
    [order] = content["orders"]
    assert (order["total"], order["delivery_note"], order["status"]) == (900, "my secret address", "placed")
    assert order["items"] == [{"name": "Tea", "price": 450, "quantity": 2}]
    assert [event["status"] for event in order["history"]] == ["placed"]
    assert "not for Ada" not in json.dumps(content)


def test_strangers_have_nothing_to_export_or_to_erase(shop: Shop) -> None:
    stranger = shop.person("Stranger")
    assert stranger.ask("/export") == "I know nothing about you."
    assert stranger.ask("/forget") == "I know nothing about you."
    assert shop.tap(stranger, "forget:0:1") == FORGOTTEN


def test_forgetting_leaves_anonymous_totals_alone(shop: Shop, customer: Person, tea: int) -> None:
    order = shop.order(customer, tea, quantity=2, note=f"address of {customer.id}")
    shop.sql("UPDATE orders SET status = 'delivered' WHERE id = $1", order)
    shop.tap(customer, f"put:{tea}:1:cart")
    shop.push(customer, "Check out")  # a conversation is under way
    shop.sql("INSERT INTO failed_updates VALUES ($1, $1, 1, now(), now(), '{}', 5, 'Ada Secret')", customer.id)
    assert "orders" in traces(shop, customer)
    customer.ask("/forget")
    assert shop.push(customer, "Yes, forget me") == FORGOTTEN
    assert traces(shop, customer) == ["inbox_chats"]  # the number of the chat, for a day
    row = shop.sql("SELECT user_id, total, status, delivery_note FROM orders WHERE id = $1", order)
    assert row == [(None, 900, "delivered", "")]
    assert customer.ask("/profile") == "Not registered yet. Send /start."


def test_who_says_no_is_kept(shop: Shop, customer: Person) -> None:
    customer.ask("/forget")
    assert shop.push(customer, "No") == "Nothing was erased."
    assert "Ada Secret" in customer.ask("/profile")


def test_an_order_that_is_not_confirmed_is_cancelled(shop: Shop, customer: Person, tea: int) -> None:
    before = shop.value("SELECT stock FROM products WHERE id = $1", tea)
    orders = [shop.order(customer, tea, quantity=2), shop.order(customer, tea, quantity=3)]
    assert "2 orders that are not confirmed yet are cancelled." in customer.ask("/forget")
    assert shop.push(customer, "Yes, forget me") == FORGOTTEN
    assert shop.sql("SELECT DISTINCT status FROM orders WHERE id = ANY ($1::bigint[])", orders) == [("cancelled",)]
    assert shop.value("SELECT stock FROM products WHERE id = $1", tea) == before


@pytest.mark.parametrize("status", ["confirmed", "shipped"])
def test_who_waits_for_an_order_is_not_forgotten(shop: Shop, customer: Person, tea: int, status: str) -> None:
    customer.ask("/forget")
    yes = data_of(customer, "Yes, forget me")
    order = shop.order(customer, tea)
    shop.sql("UPDATE orders SET status = $2 WHERE id = $1", order, status)
    assert "I have to know you until these orders have arrived" in customer.ask("/forget")
    assert "I have to know you until these orders have arrived" in shop.tap(customer, yes)
    assert shop.value("SELECT user_id FROM orders WHERE id = $1", order) == customer.id


def test_an_old_yes_does_not_erase_who_has_come_anew(shop: Shop, customer: Person) -> None:
    customer.ask("/forget")
    message, yes = max(customer.seen), data_of(customer, "Yes, forget me")
    shop.push(customer, "Yes, forget me")
    customer.ask("/start")
    shop.sql("UPDATE users SET created_at = created_at + interval '1 minute' WHERE id = $1", customer.id)
    shop.tap(customer, yes, message)
    assert "Ada Secret" in customer.ask("/profile")


def test_another_users_yes_is_worthless(shop: Shop, customer: Person) -> None:
    customer.ask("/forget")
    yes = data_of(customer, "Yes, forget me")
    other = shop.person("Other")
    other.ask("/start")
    shop.sql("UPDATE users SET created_at = created_at + interval '1 minute' WHERE id = $1", other.id)
    shop.tap(other, yes)
    assert "Other" in other.ask("/profile")
    assert "Ada Secret" in customer.ask("/profile")
