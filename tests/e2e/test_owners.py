"""What runs the demo's shop, in two of its languages; customers hear of it in theirs."""

from __future__ import annotations

import csv
import io

import pytest

from tests.e2e.conftest import LANGUAGES
from tests.e2e.stack import Stack
from tests.e2e.talking import Counted, Talker, labels
from tests.e2e.test_customers import WHERE_TO, content

BAD_PRICE = "“{value}” is no price in {currency}, such as {example}, or is too high."
COMPOSE = (
    "Send me the message for all users: a text, a picture, a file, whatever you like. They get it as you have "
    "formatted it. First I show it to you."
)
NEWEST_FIRST = (
    "{count} update could not be handled. The newest first:",
    "{count} updates could not be handled. The newest first:",
)


@pytest.fixture
def foreigner(customers: dict[str, Talker], language: str) -> Talker:
    """A customer who speaks another language than the owner."""
    [other] = set(LANGUAGES) - {language}
    return customers[other]


def place_order(stack: Stack, customer: Talker, sku: str, note: str) -> str:
    """For one piece; the number of the order."""
    name = stack.sql(f"SELECT name FROM products WHERE sku = '{sku}'")
    customer.say(f"/start p_{sku}", name)
    customer.press("Add {count}", ("{count} in your cart", "{count} in your cart", 1), count=1)
    customer.press("Cart", f"1 × {name}")
    customer.press("Check out", WHERE_TO)
    customer.say(note, "Delivery: {note}", note=note)
    customer.press("Place the order", "Thank you! Your order is placed.")
    [line] = labels(customer.say("/orders", "Your orders, the newest first:"))
    return line.split(" · ")[0]


def test_an_order_is_confirmed_shipped_and_delivered(stack: Stack, owner: Talker, foreigner: Talker) -> None:
    number = place_order(stack, foreigner, "ASSAM", "Rua Augusta 1")
    total = owner.money(1090)
    owner.hear("New order {number}: {total}", number=number, total=total)
    owner.say("/admin", ("{count} new order", "{count} new orders", new_orders(stack)))
    page = owner.press("New orders", "New orders, the oldest first:")
    [line] = [label for label in labels(page) if label.startswith(number)]
    assert owner.words("Delivery: {note}", note="Rua Augusta 1") in owner.press(line, number).text

    for label, status, notice in (
        ("Confirm", "confirmed", "Your order {number} is confirmed."),
        ("Ship", "shipped", "Your order {number} is on its way."),
        ("Delivered", "delivered", "Your order {number} is delivered. Enjoy!"),
    ):
        owner.press(label, f" · {owner.words(status)}\n")
        foreigner.hear(notice, number=number)
    shown = foreigner.press("Show the order", "Delivery: {note}", note="Rua Augusta 1")
    assert foreigner.words("delivered") in shown.text

    owner.say("/admin")
    owner.press("Find a customer", "Who is it? Send me a Telegram id, a @username or an order number.")
    found = owner.say(number, "ID: {id}", id=foreigner.id)
    assert foreigner.person.first_name in found.text
    owner.press("Order {number}", owner.words("delivered"), number=number)


def new_orders(stack: Stack) -> int:
    return int(stack.sql("SELECT count(*) FROM orders WHERE status = 'placed'"))


def test_a_product_is_added_changed_and_hidden(owner: Talker, foreigner: Talker) -> None:
    sku = f"POT-{owner.language}".upper()
    owner.say("/products", "What the shop sells, the oldest first:")
    owner.press("Add a product")
    owner.say(sku, "What shall it be called? Up to {most} characters.", most=100)
    owner.say("Pot <1 l> & lid", "How shall it be described? Up to {most} characters.", most=owner.number(1000))
    owner.press("No description")
    owner.say("a lot", BAD_PRICE, value="a lot", currency="EUR", example="4.50")
    owner.say("19,5", "How many are there? A whole number; 0 is sold out.")
    owner.say("4", "Shall I save it? Customers see it at once.")
    owner.press("Save", "Saved.")

    shown = foreigner.say(f"/start p_{sku}", "Pot <1 l> & lid")
    assert foreigner.words("Price: {price}", price=foreigner.money(1950)) in shown.text
    owner.press("Price", "The price is: {value}", value=owner.money(1950))
    owner.say("21", "Price: {price}", price=owner.money(2100))
    foreigner.say(f"/start p_{sku}", "Price: {price}", price=foreigner.money(2100))
    owner.press("Hide from customers", "Hidden from customers")
    foreigner.say(f"/start p_{sku}", "This is not for sale any more.")


def test_products_are_taken_out_as_a_file_and_brought_back_all_or_none(stack: Stack, owner: Talker) -> None:
    sku = f"CUP-{owner.language}".upper()
    owner.say("/products", "What the shop sells, the oldest first:")
    header, *products = csv.reader(io.StringIO(content(stack, owner.press("Export CSV")).decode("utf-8-sig")))
    assert header == ["sku", "name", "description", "price", "stock", "hidden"]
    assert ["SENCHA", "Sencha"] in [product[:2] for product in products]

    owner.press("Import CSV")
    good, bad = f"{sku},Cup,From {{Arita}},12.00,5,yes", f"{sku}-2,Cup,,cheap,5,yes"
    send_products(owner, ",".join(header), good, bad)
    refused = owner.hear("Nothing is stored, because of these lines:")
    problem = owner.words(BAD_PRICE, value="cheap", currency="EUR", example="4.50")
    assert owner.words("Line {number}: {problems}", number=3, problems=problem) in refused.text
    assert stack.sql(f"SELECT count(*) FROM products WHERE sku LIKE '{sku}%'") == "0"
    send_products(owner, ",".join(header), good)
    owner.hear(("{count} product added", "{count} products added", 1))
    assert stack.sql(f"SELECT name, description, price FROM products WHERE sku = '{sku}'") == "Cup|From {Arita}|1200"


def send_products(owner: Talker, *lines: str) -> None:
    owner.person.send_file("products.csv", "\n".join(lines).encode())


def test_how_the_shop_does_is_told_with_a_picture(owner: Talker) -> None:
    owner.say("/admin")
    told = owner.press("How the shop does", ("Last {count} day", "Last {count} days", 30))
    assert told.message["photo"], "matplotlib finds what it needs in the container"


def test_a_message_to_all_users_reaches_each_of_them_once(
    stack: Stack, owner: Talker, customers: dict[str, Talker]
) -> None:
    stack.sql(f"DELETE FROM users WHERE id <> {owner.id}")
    for customer in customers.values():
        customer.say("/start", "Welcome, {name}!", name=customer.person.first_name)
    send_button = compose(owner, "The <2026> harvest has come", recipients=3)
    result = owner.press(send_button, "Sent to everybody: {done}", done=3)
    assert owner.words("Arrived: {count}", count=3) in result.text
    for customer in customers.values():
        customer.hear("The <2026> harvest has come")
        assert customer.person.read(wait=0) == []


def compose(owner: Talker, text: str, recipients: int) -> Counted:
    """As far as the button that sends it to so many."""
    send_button = ("Send to {count} user", "Send to {count} users", recipients)
    owner.say("/broadcast", COMPOSE)
    owner.say(text, text)
    assert labels(owner.hear())[0] == owner.words(send_button)
    return send_button


def test_what_failed_is_tried_again_when_its_cause_is_mended(
    stack: Stack, owners: dict[str, Talker], customers: dict[str, Talker]
) -> None:
    stack.sql("REVOKE SELECT ON products FROM bot")
    try:
        for customer in customers.values():
            customer.say("/catalogue", "Sorry, something went wrong on my side. Please try again.")
    finally:
        stack.sql("GRANT SELECT ON products TO bot")
    stack.wait_until_idle()
    for count, owner in zip((2, 1), owners.values(), strict=True):
        owner.forget_what_was_said()
        listed = owner.say("/failed", (*NEWEST_FIRST, count))
        owner.press(labels(listed)[0], "InsufficientPrivilege")
        owner.press("Replay", ("{count} update is tried again.", "{count} updates are tried again.", 1))
    for customer in customers.values():
        customer.hear("What would you like?")
    assert stack.sql("SELECT count(*) FROM failed_updates") == "0"
