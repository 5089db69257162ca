"""The bot is killed while people are in the middle of something, and they go on as if it had not been."""

from __future__ import annotations

from functools import partial

from tests.e2e.stack import Stack
from tests.e2e.talking import Talker, labels
from tests.e2e.test_customers import WHERE_TO
from tests.e2e.test_owners import compose
from tests.waiting import wait_for

PLACED = "Thank you! Your order is placed."
DESCRIBED = "How shall it be described? Up to {most} characters."


def test_checkouts_and_new_products_go_on_where_they_stood(
    stack: Stack, owners: dict[str, Talker], customers: dict[str, Talker]
) -> None:
    begin_checkout(customers["en"])
    begin_checkout(customers["ru"])
    customers["ru"].say("2-й этаж", "Delivery: {note}", note="2-й этаж")
    begin_product(owners["en"], "LOST-EN")
    begin_product(owners["ru"], "LOST-RU")
    owners["ru"].say("Чай", DESCRIBED, most=owners["ru"].number(1000))

    stack.wait_until_idle()
    stack.compose("kill", "bot")
    customers["en"].person.say("2nd floor")
    owners["en"].person.say("Tea")
    stack.up()

    customers["en"].hear("Delivery: {note}", note="2nd floor")
    for customer in customers.values():
        customer.press("Place the order", PLACED)
        assert len(labels(customer.say("/orders", "Your orders, the newest first:"))) == 1
    owners["en"].hear(DESCRIBED, most=owners["en"].number(1000))
    for language, owner in owners.items():
        save_product(owner)
        assert stack.sql(f"SELECT stock FROM products WHERE sku = 'LOST-{language.upper()}'") == "3"
        owner.press("Hide from customers", "Hidden from customers")


def begin_checkout(customer: Talker) -> None:
    customer.say("/start p_GENMAICHA", "Genmaicha")
    customer.press("Add {count}", ("{count} in your cart", "{count} in your cart", 1), count=1)
    customer.press("Cart", "1 × Genmaicha")
    customer.press("Check out", WHERE_TO)


def begin_product(owner: Talker, sku: str) -> None:
    owner.say("/products", "What the shop sells, the oldest first:")
    owner.press("Add a product")
    owner.say(sku, "What shall it be called? Up to {most} characters.", most=100)


def save_product(owner: Talker) -> None:
    owner.say("From the back of the shelf")
    owner.say("5", "How many are there? A whole number; 0 is sold out.")
    owner.say("3", "Shall I save it? Customers see it at once.")
    owner.press("Save", "Saved.")


def test_a_message_to_all_users_still_reaches_each_of_them_once(
    stack: Stack, owners: dict[str, Talker], customers: dict[str, Talker]
) -> None:
    owner = owners["ru"]
    stack.sql(f"DELETE FROM users WHERE id <> {owner.id}")
    for customer in customers.values():
        customer.say("/start", "Welcome, {name}!", name=customer.person.first_name)
    send_button = compose(owner, "Скидки!", recipients=3)
    stack.wait_until_idle()
    stack.emulator.fault(method="copyMessage", kind="reset", times=None)
    restarts = stack.inspect("bot")["RestartCount"]
    owner.person.press(owner.words(send_button))
    wait_for(lambda: stack.sql("SELECT queued FROM broadcasts WHERE state = 'sending'") == "3", "it has begun")
    stack.crash("bot")
    stack.emulator.stop_failing()
    wait_for(partial(stack.has_restarted, "bot", restarts), "the bot comes back")
    owner.hear("Sent to everybody: {done}", done=3)
    for customer in customers.values():
        customer.hear("Скидки!")
        assert customer.person.read(wait=0) == []
