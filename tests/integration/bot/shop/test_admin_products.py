"""An admin adds products, changes and hides them, and nobody else does."""

from __future__ import annotations

import signal

import pytest

from emulator.client import Person
from tests.integration.bot.shop.conftest import Shop
from tests.waiting import wait_for


@pytest.fixture(autouse=True)
def nothing_else_is_for_sale(shop: Shop) -> None:
    """What earlier tests have added is hidden, so that it fills no pages."""
    shop.sql("UPDATE products SET is_hidden = true")


@pytest.fixture
def owner(owner: Person) -> Person:
    """Who has read what earlier tests have left."""
    owner.read(wait=0)
    return owner


@pytest.fixture
def clerk(clerk: Person) -> Person:
    clerk.read(wait=0)
    return clerk


def ask(person: Person, text: str, expected: str) -> str:
    person.say(text)
    return person.expect(expected).text


def press(person: Person, label: str, expected: str) -> str:
    person.press(label)
    return person.expect(expected).text


def labels(person: Person) -> list[str]:
    return [button["text"] for button in person.seen[max(person.seen)].buttons]


def data(person: Person, label: str) -> tuple[int, str]:
    """Of the newest button of that label: its message and what it carries."""
    for answer in sorted(person.seen.values(), key=lambda answer: -answer.id):
        for button in answer.buttons:
            if button["text"] == label:
                return answer.id, button["callback_data"]
    raise AssertionError(f"no button {label!r}")


def begin(owner: Person) -> None:
    owner.say("/products")
    owner.expect()
    press(owner, "Add a product", "What is the SKU")


def draft(owner: Person, sku: str, name: str = "Green <tea>") -> None:
    """As far as the summary."""
    begin(owner)
    ask(owner, sku, "What shall it be called?")
    ask(owner, name, "How shall it be described?")
    ask(owner, "From <Uji>\nin spring", "What shall it cost in EUR?")
    ask(owner, "4,50", "How many are there?")
    ask(owner, "12", "Shall I save it?")


def stored(shop: Shop, sku: str) -> tuple[object, ...] | None:
    found = shop.sql("SELECT name, description, price, currency, stock, is_hidden FROM products WHERE sku = $1", sku)
    return found[0] if found else None


def show(owner: Person, sku: str, shop: Shop) -> str:
    """Opens it as if from the list."""
    owner.say("/products")
    newest = owner.expect().id
    product_id = shop.value("SELECT id FROM products WHERE sku = $1", sku)
    owner.press_data(newest, f"a-product:{product_id}", forged=True)
    return owner.expect(sku).text


def test_a_product_is_added(shop: Shop, owner: Person, customer: Person) -> None:
    draft(owner, "tea-100")
    assert stored(shop, "TEA-100") is None
    text = press(owner, "Save", "Saved.")
    assert "Green <tea> · TEA-100" in text
    assert "From <Uji>\nin spring" in text
    assert "Price: €4.50" in text
    assert "Stock: 12" in text
    assert "https://t.me/orderly_demo_bot?start=p_TEA-100" in text
    assert stored(shop, "TEA-100") == ("Green <tea>", "From <Uji>\nin spring", 450, "EUR", 12, False)
    customer.say("/start p_TEA-100")
    customer.expect("From <Uji>")
    customer.say("/catalogue")
    customer.expect()
    assert "Green <tea> · €4.50" in labels(customer)


def test_the_description_may_be_left_out(shop: Shop, owner: Person) -> None:
    begin(owner)
    ask(owner, "MUG", "What shall it be called?")
    ask(owner, "Mug", "How shall it be described?")
    press(owner, "No description", "What shall it cost")
    owner.press_data(max(owner.seen), "a-no-text:", forged=True)
    assert owner.read(wait=0) == []
    ask(owner, "0", "How many are there?")
    assert "No description" in ask(owner, "0", "Shall I save it?")
    press(owner, "Save", "Saved.")
    assert stored(shop, "MUG") == ("Mug", "", 0, "EUR", 0, False)


def test_every_wrong_answer_is_explained_and_asked_for_again(shop: Shop, owner: Person) -> None:
    begin(owner)
    for wrong in ("-tea", "tea 100", "té", "A" * 33, "<b>"):
        assert "What is the SKU" in ask(owner, wrong, "is no SKU.")
    owner.send_file("sku.txt", b"TEA")
    assert "What is the SKU" in owner.expect("Please write it as text.").text
    ask(owner, "wrong", "What shall it be called?")
    assert "What shall it be called?" in ask(owner, "n" * 101, "The name has 101 characters, and may have 100.")
    ask(owner, "n" * 100, "How shall it be described?")
    assert "How shall it" in ask(owner, "d" * 1001, "The description has 1,001 characters, and may have 1,000.")
    ask(owner, "d" * 1000, "What shall it cost in EUR?")
    for wrong in ("cheap", "-1", "4.505", "1e3", "1000000000.01", "4.5.0", "٤", "<i>"):
        assert "What shall it cost" in ask(owner, wrong, f"“{wrong}” is no price in EUR, such as 4.50")
    ask(owner, "1000000000", "How many are there?")
    for wrong in ("some", "-1", "1.5", "1000000001", "9" * 40):
        assert "How many are there?" in ask(owner, wrong, f"“{wrong}” is no whole number up to 1,000,000,000.")
    ask(owner, "1000000000", "Shall I save it?")
    ask(owner, "yes please", "Shall I save it?")
    press(owner, "Save", "Saved.")
    assert stored(shop, "WRONG") == ("n" * 100, "d" * 1000, 10**11, "EUR", 10**9, False)
    assert not shop.failed()


def test_a_sku_that_is_taken_is_told_at_once(shop: Shop, owner: Person) -> None:
    shop.product("TAKEN")
    begin(owner)
    ask(owner, "taken", "There is a product with the SKU TAKEN already.")
    ask(owner, "FREE", "What shall it be called?")
    ask(owner, "/cancel", "Cancelled.")


def test_a_sku_that_was_taken_meanwhile_is_asked_for_again_and_the_rest_is_kept(shop: Shop, owner: Person) -> None:
    draft(owner, "LATE")
    shop.product("LATE", "Somebody else's")
    press(owner, "Save", "There is a product with the SKU LATE already.")
    assert "Green <tea> · LATER" in ask(owner, "LATER", "Shall I save it?")
    press(owner, "Save", "Saved.")
    assert stored(shop, "LATE") == ("Somebody else's", "", 450, "EUR", 10, False)
    assert stored(shop, "LATER") == ("Green <tea>", "From <Uji>\nin spring", 450, "EUR", 12, False)


def test_it_is_saved_once_however_often_the_button_is_pressed(shop: Shop, owner: Person) -> None:
    draft(owner, "ONCE")
    message, save = data(owner, "Save")
    owner.press_data(message, save)
    owner.expect("Saved.")
    product_id = shop.value("SELECT id FROM products WHERE sku = 'ONCE'")
    owner.press_data(message, save, forged=True)
    assert "Saved." not in owner.expect("ONCE").text
    assert shop.sql("SELECT id FROM products WHERE sku = 'ONCE'") == [(product_id,)]


def test_an_old_summary_does_not_save_what_was_typed_since(shop: Shop, owner: Person) -> None:
    draft(owner, "SINCE")
    message, save = data(owner, "Save")
    draft(owner, "SINCE", "Another tea")
    owner.press_data(message, save)
    owner.expect("That is over.")
    assert stored(shop, "SINCE") is None
    press(owner, "Save", "Saved.")
    assert stored(shop, "SINCE") == ("Another tea", "From <Uji>\nin spring", 450, "EUR", 12, False)


def test_not_now_and_cancel_save_nothing(shop: Shop, owner: Person) -> None:
    draft(owner, "NEVER")
    message, save = data(owner, "Save")
    press(owner, "Not now", "What the shop sells")
    owner.press_data(message, save, forged=True)
    owner.expect("That is over.")
    draft(owner, "NEVER")
    ask(owner, "/cancel", "Cancelled.")
    press(owner, "Save", "That is over.")
    begin(owner)
    press(owner, "Not now", "What the shop sells")
    ask(owner, "NEVER", "I don't know that one.")
    assert stored(shop, "NEVER") is None


def test_a_kill_in_the_middle_loses_nothing(shop: Shop, owner: Person) -> None:
    begin(owner)
    ask(owner, "KILLED", "What shall it be called?")
    ask(owner, "Green <tea>", "How shall it be described?")
    shop.wait_until_idle()
    shop.bot.end(signal.SIGKILL)
    owner.say("From <Uji>\nin spring")
    shop.bot.start()
    shop.bot.wait_until_ready()
    owner.expect("What shall it cost in EUR?")
    ask(owner, "4.5", "How many are there?")
    ask(owner, "12", "Shall I save it?")
    shop.wait_until_idle()
    shop.bot.end(signal.SIGKILL)
    shop.bot.start()
    shop.bot.wait_until_ready()
    press(owner, "Save", "Saved.")
    assert stored(shop, "KILLED") == ("Green <tea>", "From <Uji>\nin spring", 450, "EUR", 12, False)


def test_every_field_is_changed(shop: Shop, owner: Person) -> None:
    shop.product("EDITED", "Old", 100, 1, description="old")
    show(owner, "EDITED", shop)
    press(owner, "Name", "The name is: Old")
    ask(owner, "n" * 101, "The name has 101 characters")
    assert "New <name> · EDITED" in ask(owner, "New\n<name>", "Saved.")
    press(owner, "Description", "The description is: old")
    ask(owner, "d" * 1001, "The description has 1,001 characters")
    assert "new <text>" in ask(owner, "new <text>", "Saved.")
    press(owner, "Price", "The price is: €1.00")
    ask(owner, "free", "“free” is no price")
    assert "Price: €2.50" in ask(owner, "2.5", "Saved.")
    press(owner, "Stock", "The stock is: 1")
    owner.send_file("stock.txt", b"7")
    owner.expect("Please write it as text.")
    ask(owner, "-7", "“-7” is no whole number")
    assert "Stock: 7" in ask(owner, "7", "Saved.")
    assert stored(shop, "EDITED") == ("New <name>", "new <text>", 250, "EUR", 7, False)
    ask(owner, "8", "I don't know that one.")
    press(owner, "Description", "The description is: new <text>")
    press(owner, "No description", "Saved.")
    assert stored(shop, "EDITED") == ("New <name>", "", 250, "EUR", 7, False)


def test_a_change_is_left_off(shop: Shop, owner: Person) -> None:
    shop.product("LEFT", "As it is")
    show(owner, "LEFT", shop)
    press(owner, "Name", "The name is: As it is")
    press(owner, "Not now", "As it is · LEFT")
    ask(owner, "Something else", "I don't know that one.")
    press(owner, "Name", "The name is: As it is")
    ask(owner, "/cancel", "Cancelled.")
    ask(owner, "Something else", "I don't know that one.")
    press(owner, "Not now", "As it is · LEFT")


def test_a_description_is_not_removed_by_a_button_of_another_question(shop: Shop, owner: Person) -> None:
    shop.product("DESCRIBED", "Tea", description="from Uji")
    show(owner, "DESCRIBED", shop)
    press(owner, "Description", "The description is: from Uji")
    message, nothing = data(owner, "No description")
    press(owner, "Not now", "DESCRIBED")
    owner.press_data(message, nothing, forged=True)
    owner.expect("That is over.")
    show(owner, "DESCRIBED", shop)
    press(owner, "Price", "The price is")
    owner.press_data(max(owner.seen), nothing, forged=True)
    owner.expect("That is over.")
    assert stored(shop, "DESCRIBED") == ("Tea", "from Uji", 450, "EUR", 10, False)
    ask(owner, "5", "Saved.")


def test_a_description_is_not_removed_by_a_button_of_another_product(shop: Shop, owner: Person) -> None:
    shop.product("FIRST", "Tea", description="from Uji")
    shop.product("SECOND", "Tea", description="from Assam")
    show(owner, "FIRST", shop)
    press(owner, "Description", "The description is: from Uji")
    message, nothing = data(owner, "No description")
    show(owner, "SECOND", shop)
    press(owner, "Description", "The description is: from Assam")
    owner.press_data(message, nothing)
    owner.expect("That is over.")
    assert shop.sql("SELECT description FROM products WHERE sku IN ('FIRST', 'SECOND') ORDER BY id") == [
        ("from Uji",),
        ("from Assam",),
    ]


def test_a_price_in_another_currency_is_not_for_sale_until_it_is_set(
    shop: Shop, owner: Person, customer: Person
) -> None:
    shop.product("DOLLARS", "Coffee", 900, currency="USD")
    owner.say("/products")
    owner.expect()
    while "›" in labels(owner):
        press(owner, "›", "What the shop sells")
    assert "Coffee · $9.00 · 10 in stock · not priced in EUR" in labels(owner)
    customer.say("/start p_DOLLARS")
    customer.expect("This is not for sale any more.")
    press(owner, "Coffee · $9.00 · 10 in stock · not priced in EUR", "Not for sale until it has a price in EUR")
    press(owner, "Price", "The price is: $9.00")
    assert "Customers see it" in ask(owner, "8", "Saved.")
    assert stored(shop, "DOLLARS") == ("Coffee", "", 800, "EUR", 10, False)
    customer.say("/start p_DOLLARS")
    customer.expect("Price: €8.00")


def test_a_hidden_product_vanishes_and_returns(shop: Shop, owner: Person, customer: Person) -> None:
    shop.product("HIDDEN", "Secret tea")
    customer.say("/catalogue")
    customer.expect("What would you like?")
    show(owner, "HIDDEN", shop)
    message, hide = data(owner, "Hide from customers")
    press(owner, "Hide from customers", "Hidden from customers")
    owner.press_data(message, hide, forged=True)  # it carries what it is to become: nothing changes
    shop.wait_until_idle()
    assert stored(shop, "HIDDEN") == ("Secret tea", "", 450, "EUR", 10, True)
    press(customer, "Secret tea · €4.50", "This is not for sale any more.")
    customer.say("/catalogue")
    customer.expect("There is nothing for sale just now.")
    show(owner, "HIDDEN", shop)
    press(owner, "Show to customers", "Customers see it")
    customer.say("/catalogue")
    customer.expect("What would you like?")
    press(customer, "Secret tea · €4.50", "Secret tea")


def test_the_list_is_turned_page_by_page(shop: Shop, owner: Person) -> None:
    for number in range(20):
        shop.product(f"PAGE-{number:02}", f"Page {number:02}")
    owner.say("/products")
    owner.expect("What the shop sells")
    seen = []
    while True:
        shown = [label for label in labels(owner) if " in stock" in label]
        assert 0 < len(shown) <= 8
        seen += shown
        if "›" not in labels(owner):
            break
        press(owner, "›", "What the shop sells")
    assert len(seen) == shop.value("SELECT count(*) FROM products")
    assert seen[-1] == "Page 19 · €4.50 · 10 in stock"
    assert all("hidden" in label for label in seen[:-20])
    while "‹" in labels(owner):
        press(owner, "‹", "What the shop sells")
    assert [label for label in labels(owner) if " in stock" in label] == seen[:8]
    assert {"Add a product", "Import CSV", "Export CSV", "Back"} <= set(labels(owner))


def test_products_that_there_are_not_are_told(shop: Shop, owner: Person) -> None:
    owner.say("/products")
    newest = owner.expect().id
    for forged in ("a-product:999999", "a-hide:999999:1", "a-edit:999999:price", f"a-product:{2**63 - 1}"):
        owner.press_data(newest, forged, forged=True)
        owner.expect("There is no such product.")
        owner.say("/products")
        newest = owner.expect().id
    for forged in ("a-product:0", f"a-product:{2**63}", "a-product:x", "a-edit:1:sku", "a-save:no sku:1", "a-hide:1:2"):
        assert "out of date" in owner.press_data(newest, forged, forged=True)["text"]
    owner.press_data(newest, "a-products:999999:0", forged=True)
    shop.wait_until_idle()
    assert not shop.failed()


def test_nobody_else_gets_at_the_products(shop: Shop, customer: Person) -> None:
    product_id = shop.product("MINE")
    ask(customer, "/products", "I don't know that one.")
    customer.say("/catalogue")
    newest = customer.expect().id
    for forged in (
        "a-products::0",
        f"a-product:{product_id}",
        f"a-hide:{product_id}:1",
        f"a-edit:{product_id}:price",
        "a-add",
        "a-no-text:",
        f"a-no-text:{product_id}",
        "a-save:MINE:1",
        "a-leave:",
        "a-import",
        "a-export",
    ):
        assert "out of date" in customer.press_data(newest, forged, forged=True)["text"]
    ask(customer, "5", "I don't know that one.")
    assert stored(shop, "MINE") == ("Tea", "", 450, "EUR", 10, False)
    assert not shop.failed()


def test_two_admins_do_not_get_into_each_others_way(shop: Shop, owner: Person, clerk: Person) -> None:
    begin(owner)
    begin(clerk)
    ask(owner, "OWNERS", "What shall it be called?")
    ask(clerk, "CLERKS", "What shall it be called?")
    for admin in (owner, clerk):
        ask(admin, admin.first_name, "How shall it be described?")
        press(admin, "No description", "What shall it cost")
        ask(admin, "1", "How many are there?")
        ask(admin, "1", "Shall I save it?")
    press(owner, "Save", "Saved.")
    press(clerk, "Save", "Saved.")
    assert stored(shop, "OWNERS") == ("Olga", "", 100, "EUR", 1, False)
    assert stored(shop, "CLERKS") == ("Carl", "", 100, "EUR", 1, False)


def test_presses_of_save_at_the_same_time_save_once(shop: Shop, owner: Person) -> None:
    draft(owner, "TWICE")
    message, save = data(owner, "Save")
    for _ in range(3):
        body = {"person_id": owner.id, "message_id": message, "data": save, "forged": True}
        shop.emulator.post("/control/presses", body)
    wait_for(lambda: stored(shop, "TWICE"), "it is saved")
    shop.wait_until_idle()
    assert shop.value("SELECT count(*) FROM products WHERE sku = 'TWICE'") == 1
    assert not shop.failed()
