"""What customers do in the demo's shop, in two of its languages."""

from __future__ import annotations

import json
import urllib.request

from emulator.client import Answer
from tests.e2e.conftest import LANGUAGES
from tests.e2e.stack import Stack
from tests.e2e.talking import Talker, labels

WHERE_TO = "Where to, and what should we know about the delivery? Write it in one message."
FORGET = "Shall I forget you? Your name, settings, cart and delivery notes are erased, and nobody can bring them back."


def stock(stack: Stack, sku: str) -> int:
    return int(stack.sql(f"SELECT stock FROM products WHERE sku = '{sku}'"))


def content(stack: Stack, answer: Answer) -> bytes:
    """Of the document in it."""
    unique_id = answer.message["document"]["file_unique_id"]
    with urllib.request.urlopen(f"{stack.emulator.url}/control/files/{unique_id}") as response:
        found: bytes = response.read()
    return found


def test_from_a_link_to_an_order_that_is_cancelled_again(stack: Stack, customer: Talker) -> None:
    before = stock(stack, "SENCHA")
    customer.say("/start p_SENCHA", "Sencha")
    customer.press("Add {count}", ("{count} in your cart", "{count} in your cart", 2), count=2)
    customer.press("Catalogue", "What would you like?")
    customer.press(f"Genmaicha · {customer.money(890)}", "Genmaicha")
    customer.press("Add {count}", ("{count} in your cart", "{count} in your cart", 1), count=1)
    customer.press("Cart", f"2 × Sencha · {customer.money(2380)}")
    customer.press("Check out", WHERE_TO)
    summary = customer.say("3rd floor, <b>ring</b> twice", "Delivery: {note}", note="3rd floor, <b>ring</b> twice")
    assert customer.words("Total: {total}", total=customer.money(3270)) in summary.text

    placed = customer.press("Place the order", "Thank you! Your order is placed.")
    assert stock(stack, "SENCHA") == before - 2
    assert stack.sql(f"SELECT total FROM orders WHERE user_id = {customer.id}") == "3270"
    customer.say("/cart", "Your cart is empty.")

    [line] = labels(customer.say("/orders", "Your orders, the newest first:"))
    assert line.split(" · ")[0] in placed.text
    assert line.split(" · ")[2:] == [customer.money(3270), customer.words("placed")]
    customer.press(line, "Delivery: {note}", note="3rd floor, <b>ring</b> twice")
    customer.press("Cancel this order", "Cancel order {number}?", number=line.split(" · ")[0])
    customer.press("Yes, cancel it", customer.words("cancelled"))
    assert stock(stack, "SENCHA") == before
    [line] = labels(customer.press("All orders", "Your orders, the newest first:"))
    assert line.endswith(customer.words("cancelled"))


def test_another_language_is_spoken_as_soon_as_it_is_chosen(customer: Talker) -> None:
    names = {"en": "English", "ru": "Русский"}
    [other] = set(LANGUAGES) - {customer.language}
    menu = customer.say("/settings", "Order notifications: on")
    customer.press("Language", "Which language shall I speak?")
    assert customer.words("Catalogue") != Talker(customer.person, other).words("Catalogue")
    customer.person.press(names[other])
    customer.language = other
    assert customer.hear("Language: {language}", language=names[other]).id == menu.id
    customer.press("Turn notifications off", "Order notifications: off")
    customer.say("/cart", "Your cart is empty.")
    customer.say("/profile", ("{count} order", "{count} orders", 0))


def test_what_is_known_is_exported_and_forgotten(stack: Stack, customer: Talker) -> None:
    customer.say("/start p_MINT", "Nana Mint")
    customer.press("Add {count}", ("{count} in your cart", "{count} in your cart", 3), count=3)
    customer.press("Cart", "Total: {total}", total=customer.money(1470))
    customer.press("Check out", WHERE_TO)
    customer.press("Nothing to add", "No delivery note")
    customer.press("Place the order", "Thank you! Your order is placed.")
    before = stock(stack, "MINT")

    exported = json.loads(content(stack, customer.say("/export", "This is all that I know about you.")))
    assert customer.person.first_name in json.dumps(exported, ensure_ascii=False)
    assert "Nana Mint" in json.dumps(exported)

    customer.say("/forget", FORGET)
    customer.press("Yes, forget me", "I have forgotten you. /start begins anew.")
    customer.say("/profile", "Not registered yet. Send /start.")
    customer.say("/export", "I know nothing about you.")
    assert stack.sql(f"SELECT count(*) FROM users WHERE id = {customer.id}") == "0"
    assert stock(stack, "MINT") == before + 3
