"""Whatever happens between the cart and the order: it is placed as it was shown, once, and only if there is enough."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from emulator.client import Person
from tests.integration.bot.shop.conftest import CLERK, OWNER, Shop
from tests.integration.bot.shop.looking import data_of, labels
from tests.waiting import wait_for

OVER = "That checkout is over. This is your cart now."
CHANGED = "Prices or stock have changed meanwhile. Please look again."


@pytest.fixture
def tea(shop: Shop) -> int:
    number = shop.value("SELECT count(*) FROM products")
    return shop.product(f"TEA-{number}", "Tea", 450, 10)


def orders(shop: Shop, person: Person) -> int:
    return int(shop.value("SELECT count(*) FROM orders WHERE user_id = $1", person.id))


def stock(shop: Shop, product: int) -> int:
    return int(shop.value("SELECT stock FROM products WHERE id = $1", product))


def kill_and_restart(shop: Shop) -> None:
    shop.wait_until_handled()
    shop.bot.end(signal.SIGKILL)
    shop.bot.start()
    shop.bot.wait_until_ready()


def test_a_checkout_goes_on_where_it_stood_after_each_kill(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:2:cart")
    kill_and_restart(shop)
    assert "Where to" in shop.push(customer, "Check out")
    kill_and_restart(shop)
    assert "Delivery: second floor" in customer.ask("second floor")
    kill_and_restart(shop)
    assert "Thank you!" in shop.push(customer, "Place the order")
    kill_and_restart(shop)
    shop.push(customer, "All orders")
    assert len(labels(customer)) == 1
    assert "second floor" in shop.push(customer, labels(customer)[0])
    assert (orders(shop, customer), stock(shop, tea)) == (1, 8)


def test_however_often_it_is_pressed_one_order_is_placed(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:2:cart")
    shop.check_out(customer, "third floor")
    message, place = max(customer.seen), data_of(customer, "Place the order")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: customer.press_data(message, place, forged=True), range(8)))
    assert "third floor" in shop.tap(customer, place, message)
    assert labels(customer) == ["Cancel this order", "All orders"]
    assert (orders(shop, customer), stock(shop, tea)) == (1, 8)


def test_an_order_in_the_middle_of_a_kill_is_placed_once(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:1:cart")
    shop.check_out(customer)
    shop.emulator.fault(method="editMessageText", kind="delay", seconds=5, times=1)
    body = {"person_id": customer.id, "message_id": max(customer.seen), "data": data_of(customer, "Place the order")}
    shop.emulator.post("/control/presses", body)
    wait_for(lambda: orders(shop, customer) == 1, "the order is committed, and its answer is not out")
    shop.bot.end(signal.SIGKILL)
    shop.emulator.stop_failing()
    shop.bot.start()
    shop.bot.wait_until_ready()
    shop.wait_until_idle()
    customer.read(wait=0)
    assert "Thank you!" in customer.seen[max(customer.seen)].text
    assert (orders(shop, customer), stock(shop, tea)) == (1, 9)


def test_a_new_price_is_shown_before_anything_is_bought(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:1:cart")
    assert "Total: €4.50" in shop.check_out(customer, "ring twice")
    shop.sql("UPDATE products SET price = 500 WHERE id = $1", tea)
    again = shop.push(customer, "Place the order")
    assert again.startswith(CHANGED)
    assert "Total: €5.00" in again
    assert "ring twice" in again
    assert orders(shop, customer) == 0
    assert "Total: €5.00" in shop.push(customer, "Place the order")
    assert orders(shop, customer) == 1


def test_what_somebody_else_has_bought_meanwhile_is_not_promised(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:3:cart")
    shop.check_out(customer)
    shop.sql("UPDATE products SET stock = 2 WHERE id = $1", tea)
    again = shop.push(customer, "Place the order")
    assert again.startswith(CHANGED)
    assert "only 2 left" in again
    assert "Check out" not in labels(customer)
    assert (orders(shop, customer), stock(shop, tea)) == (0, 2)
    assert "2 × Tea" in shop.push(customer, "−")
    shop.check_out(customer)
    assert "Thank you!" in shop.push(customer, "Place the order")
    assert (orders(shop, customer), stock(shop, tea)) == (1, 0)


def test_what_is_no_longer_sold_is_not_ordered(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:1:cart")
    shop.check_out(customer)
    shop.sql("UPDATE products SET is_hidden = true WHERE id = $1", tea)
    assert "not available any more" in shop.push(customer, "Place the order")
    assert orders(shop, customer) == 0


def test_a_cart_that_has_changed_meanwhile_is_shown_again(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:1:cart")
    shop.check_out(customer)
    summary, place = max(customer.seen), data_of(customer, "Place the order")
    customer.ask("/cart")
    shop.push(customer, "+")
    again = shop.tap(customer, place, summary)
    assert again.startswith(CHANGED)
    assert "2 × Tea" in again
    assert orders(shop, customer) == 0


def test_an_old_summary_places_nothing(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:1:cart")
    shop.check_out(customer, "first")
    old, place = max(customer.seen), data_of(customer, "Place the order")
    shop.push(customer, "Change the note")
    customer.ask("second")
    assert shop.tap(customer, place, old).startswith(OVER)
    assert orders(shop, customer) == 0
    assert "second" in shop.push(customer, "Place the order")
    assert orders(shop, customer) == 1


@pytest.mark.parametrize("how", ["/cancel", "Not now"])
def test_leaving_ends_the_checkout_and_keeps_the_cart(shop: Shop, customer: Person, tea: int, how: str) -> None:
    shop.tap(customer, f"put:{tea}:1:cart")
    shop.check_out(customer)
    summary, place = max(customer.seen), data_of(customer, "Place the order")
    if how == "/cancel":
        assert customer.ask(how) == "Cancelled."
        assert customer.ask(how) == "There is nothing to cancel."
    else:
        assert "1 × Tea" in shop.push(customer, how)
    assert shop.tap(customer, place, summary).startswith(OVER)
    assert customer.ask("a note for nobody") == "I don't know that one. /help lists what I can do."
    assert orders(shop, customer) == 0


def test_a_note_is_text_and_not_too_long(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:1:cart")
    shop.push(customer, "Check out")
    customer.send_file("map.txt", b"left, then right")
    customer.expect("Please write the delivery note as text.")
    assert "That is 501 characters, and the note may have 500." in customer.ask("x" * 501)
    assert "Where to" not in customer.ask("/help")
    note = "<b>" + "&" * 497
    assert f"Delivery: {note}" in customer.ask(note)
    assert note in shop.push(customer, "Place the order")
    assert shop.value("SELECT delivery_note FROM orders WHERE user_id = $1", customer.id) == note


def test_an_empty_cart_cannot_be_checked_out(shop: Shop, customer: Person) -> None:
    assert shop.tap(customer, "checkout") == "Your cart is empty."
    assert shop.tap(customer, "no-note").startswith(OVER)
    assert shop.tap(customer, "place:1000").startswith(OVER)
    assert customer.ask("hello") == "I don't know that one. /help lists what I can do."


def test_somebody_elses_checkout_is_worthless(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:1:cart")
    shop.check_out(customer, "my address")
    place = data_of(customer, "Place the order")
    thief = shop.person("Thief")
    assert shop.tap(thief, place) == f"{OVER}\n\nYour cart is empty."
    shop.tap(thief, f"put:{tea}:1:cart")
    shop.check_out(thief, "mine")
    assert "my address" not in shop.tap(thief, place)
    assert (orders(shop, thief), orders(shop, customer)) == (0, 0)
    assert "my address" in shop.push(customer, "Place the order")
    assert "my address" not in shop.tap(thief, place)


def test_the_admins_hear_of_a_new_order_once(
    shop: Shop, customer: Person, owner: Person, clerk: Person, tea: int
) -> None:
    shop.wait_until_idle()
    for admin in (owner, clerk):
        admin.read(wait=0)
        admin.ask("/start")
    number = shop.order(customer, tea, quantity=2)
    shop.wait_until_idle()
    for admin in (owner, clerk):
        assert admin.expect("New order").text.endswith(": €9.00")
    keys = shop.sql("SELECT key FROM outbox WHERE key LIKE $1 ORDER BY key", f"order:{number}:%")
    assert keys == [(f"order:{number}:placed:{admin}",) for admin in (OWNER, CLERK)]


def test_nothing_to_add_pressed_twice_leaves_the_summary(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:2:cart")
    assert "No delivery note" in shop.check_out(customer)
    place = data_of(customer, "Place the order")
    text = shop.tap(customer, "no-note")
    assert "No delivery note" in text
    assert OVER not in text
    assert data_of(customer, "Place the order") == place
    assert "Thank you!" in shop.push(customer, "Place the order")


def test_nothing_to_add_pressed_late_leaves_the_note(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:2:cart")
    shop.check_out(customer, "to the <door>")
    assert "Delivery: to the <door>" in shop.tap(customer, "no-note")
    assert "Delivery: to the <door>" in shop.push(customer, "Place the order")


def test_a_hundred_customers_race_for_the_last_ten(shop: Shop) -> None:
    product = shop.product("LAST-TEN", "Last", 100, 10)
    customers = [shop.person(f"Racer {number}") for number in range(100)]

    def prepare(customer: Person) -> tuple[Person, int, str]:
        customer.ask("/help")
        customer.press_data(max(customer.seen), f"put:{product}:1:cart", forged=True)
        customer.expect("1 × Last")
        customer.press("Check out")
        customer.expect("Where to")
        customer.press("Nothing to add")
        customer.expect("No delivery note")
        return customer, max(customer.seen), data_of(customer, "Place the order")

    with ThreadPoolExecutor(16) as pool:
        ready = list(pool.map(prepare, customers))
        # Twice each: a double press is part of a rush.
        list(pool.map(lambda one: one[0].press_data(one[1], one[2], forged=True), [*ready, *ready]))
    shop.wait_until_handled()
    assert stock(shop, product) == 0
    sold = "SELECT count(*), count(DISTINCT user_id), sum(quantity) FROM orders JOIN order_items ON order_id = id"
    assert shop.sql(f"{sold} WHERE product_id = $1", product) == [(10, 10, 10)]
    seen = [customer.read(wait=0)[-1].text for customer in customers]
    assert sum("placed" in text for text in seen) == 10
    assert sum("not available any more" in text for text in seen) == 90
    assert shop.failed() == []


def test_two_products_bought_in_either_order_do_not_deadlock(shop: Shop) -> None:
    first, second = shop.product("DEADLOCK-1", stock=1000), shop.product("DEADLOCK-2", stock=1000)

    def buy(number: int) -> None:
        customer = shop.person(f"Buyer {number}")
        customer.ask("/help")
        message = max(customer.seen)
        for product in (first, second) if number % 2 else (second, first):
            customer.press_data(message, f"put:{product}:1:cart", forged=True)
        for press in ("checkout", "no-note"):
            customer.press_data(message, press, forged=True)
        wait_for(lambda: customer.read(wait=1) and "Place the order" in labels(customer), "the summary")
        customer.press("Place the order")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(buy, range(40)))
    shop.wait_until_handled()
    assert (stock(shop, first), stock(shop, second)) == (960, 960)
    assert shop.failed() == []
    assert "deadlock" not in shop.bot.said
