"""A customer looks around and fills a cart."""

from __future__ import annotations

import pytest

from emulator.client import Person
from tests.integration.bot.shop.conftest import Shop
from tests.integration.bot.shop.looking import data_of, labels


@pytest.fixture(scope="module")
def tea(shop: Shop) -> int:
    return shop.product("TEA", "Green <tea>", 450, 1000, description="From <Uji> & around")


def quantities(shop: Shop, person: Person) -> list[tuple[int, int]]:
    query = "SELECT product_id, quantity FROM cart_items WHERE user_id = $1 ORDER BY product_id"
    return [(product, quantity) for product, quantity in shop.sql(query, person.id)]


def test_from_the_catalogue_to_an_order(shop: Shop, customer: Person, tea: int) -> None:
    customer.say("/catalogue")
    customer.expect("What would you like?")
    customer.press("Green <tea> · €4.50")
    assert "From <Uji> & around" in customer.expect("Green <tea>").text
    customer.press("Add 2")
    customer.expect("2 in your cart")
    customer.press("Cart")
    customer.expect("2 × Green <tea> · €9.00")
    customer.press("Check out")
    customer.expect("Where to")
    customer.say("leave it <at> the door")
    customer.expect("Delivery: leave it <at> the door")
    customer.press("Place the order")
    placed = customer.expect("Thank you!")
    assert "2 × Green <tea> · €9.00" in placed.text
    assert len(customer.seen) == 2  # a message for what was asked, and one for what was written
    assert shop.value("SELECT stock FROM products WHERE id = $1", tea) == 998
    assert customer.ask("/cart") == "Your cart is empty."


def test_the_catalogue_turns_its_pages(shop: Shop, customer: Person) -> None:
    made = [shop.product(f"PAGE-{number}", f"Page {number}", 100 + number) for number in range(20)]
    customer.ask("/catalogue")
    seen = []
    while True:
        seen += [label for label in labels(customer) if label.startswith("Page ")]
        if "›" not in labels(customer):
            break
        shop.push(customer, "›")
    assert seen == [f"Page {number} · €1.{number:02}" for number in range(20)]
    while "‹" in labels(customer):
        shop.push(customer, "‹")
    assert "Green <tea> · €4.50" in labels(customer)
    shop.sql("UPDATE products SET is_hidden = true WHERE id = ANY ($1::bigint[])", made)


def test_a_page_whose_products_are_gone_shows_the_first_one(shop: Shop, customer: Person, tea: int) -> None:
    customer.ask("/catalogue")
    assert shop.tap(customer, f"shop:{2**63 - 1}:0") == "What would you like?"
    assert "Green <tea> · €4.50" in labels(customer)


@pytest.mark.parametrize("link", ["p_TEA", "p_tea"])
def test_a_link_opens_a_product(shop: Shop, customer: Person, tea: int, link: str) -> None:
    assert "Green <tea>" in customer.ask(f"/start {link}")
    assert "Add 5" in labels(customer)
    assert shop.value("SELECT count(*) FROM users WHERE id = $1", customer.id) == 1


@pytest.mark.parametrize("link", ["p_", "p_NOTHING", "p_<b>", "p_" + "X" * 60, "p_ТЕА"])
def test_a_link_to_nothing_says_so(customer: Person, link: str) -> None:
    assert customer.ask(f"/start {link}") == "This is not for sale any more."


@pytest.mark.parametrize("link", ["", "x", "group", "P_TEA", "p-TEA"])
def test_other_links_are_greeted(customer: Person, link: str) -> None:
    assert customer.ask(f"/start {link}").startswith("Welcome, Ada!")


@pytest.mark.parametrize("how", ["hidden", "dollars"])
def test_what_is_not_for_sale_cannot_be_seen_or_bought(shop: Shop, customer: Person, how: str) -> None:
    name = f"Gone {how}"
    currency, is_hidden = ("USD", False) if how == "dollars" else ("EUR", True)
    product = shop.product(f"GONE-{how}".upper(), name, currency=currency, is_hidden=is_hidden)
    customer.ask("/catalogue")
    while "›" in labels(customer):
        assert name not in " ".join(labels(customer))
        shop.push(customer, "›")
    assert name not in " ".join(labels(customer))
    assert shop.tap(customer, f"product:{product}") == "This is not for sale any more."
    assert shop.tap(customer, f"put:{product}:1:product") == "This is not for sale any more."
    assert quantities(shop, customer) == []


def test_a_product_that_is_sold_out_cannot_be_added(shop: Shop, customer: Person) -> None:
    product = shop.product("SOLD-OUT", stock=0)
    assert "Sold out" in shop.tap(customer, f"product:{product}")
    assert labels(customer) == ["Catalogue", "Cart"]
    shop.tap(customer, f"put:{product}:1:product")
    assert quantities(shop, customer) == []


def test_no_more_can_be_added_than_there_are(shop: Shop, customer: Person) -> None:
    product = shop.product("FEW", stock=2)
    shop.tap(customer, f"product:{product}")
    assert [label for label in labels(customer) if label.startswith("Add")] == ["Add 1", "Add 2"]
    assert "2 in your cart" in shop.tap(customer, f"put:{product}:50:product")
    assert quantities(shop, customer) == [(product, 2)]


def test_a_press_that_is_repeated_adds_nothing(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"product:{tea}")
    more = data_of(customer, "Add 3")
    for _ in range(3):
        assert "3 in your cart" in shop.tap(customer, more)
    assert quantities(shop, customer) == [(tea, 3)]


def test_quantities_are_changed_on_the_product_and_in_the_cart(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:1:product")
    assert "2 in your cart" in shop.push(customer, "+ 2")
    assert "1 in your cart" in shop.push(customer, "− 1")
    assert "2 × Green <tea> · €9.00" in (shop.push(customer, "Cart") and shop.push(customer, "+"))
    assert "1 × Green <tea> · €4.50" in shop.push(customer, "−")
    assert shop.push(customer, "✕") == "Your cart is empty."
    assert quantities(shop, customer) == []


def test_a_product_is_taken_out_where_it_was_added(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:5:product")
    assert "in your cart" not in shop.push(customer, "Remove")
    assert quantities(shop, customer) == []


def test_emptying_asks_first_and_leaves_another_cart_alone(shop: Shop, customer: Person, tea: int) -> None:
    shop.tap(customer, f"put:{tea}:2:cart")
    assert shop.push(customer, "Empty the cart") == "Take everything out of your cart?"
    yes = data_of(customer, "Yes, empty it")
    assert "2 × Green" in shop.push(customer, "No")
    assert shop.tap(customer, yes) == "Your cart is empty."
    shop.tap(customer, f"put:{tea}:4:cart")
    assert "4 × Green" in shop.tap(customer, yes)
    assert quantities(shop, customer) == [(tea, 4)]


@pytest.mark.parametrize("quantity", ["0", "100", "-1", "1.5", "", "99999999999999999999", "x"])
def test_forged_quantities_buy_nothing(shop: Shop, customer: Person, tea: int, quantity: str) -> None:
    shop.tap(customer, f"put:{tea}:{quantity}:product")
    assert quantities(shop, customer) == []


@pytest.mark.parametrize("product", ["0", "-1", str(2**63 - 1), str(2**63), "9" * 40, "", "TEA", "1:1"])
def test_forged_products_are_no_error(shop: Shop, customer: Person, product: str) -> None:
    for data in (f"product:{product}", f"put:{product}:1:product", f"put:{product}:1:cart", f"shop:{product}:1"):
        shop.tap(customer, data)
    assert quantities(shop, customer) == []
    assert shop.failed() == []


def test_a_big_cart_fits_into_a_message(shop: Shop, customer: Person) -> None:
    made = [shop.product(f"BIG-{number}", f"{number} " + "<&>" * 30, stock=99) for number in range(25)]
    for product in made:
        shop.tap(customer, f"put:{product}:99:cart")
    text = customer.ask("/cart")
    assert "and 5 more products" in text
    assert "Total: €11,137.50" in text
    shop.sql("UPDATE products SET is_hidden = true WHERE id = ANY ($1::bigint[])", made)
    assert "not available any more" in customer.ask("/cart")
    assert "Check out" not in labels(customer)
