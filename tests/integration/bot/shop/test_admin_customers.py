"""Admins find customers by whatever they know of them."""

from __future__ import annotations

import itertools

import pytest

from bot.domain.order_numbers import order_number
from bot.domain.orders import OrderId
from emulator.client import Person
from tests.integration.bot.shop.conftest import Shop
from tests.integration.bot.shop.looking import labels

NOBODY = "Nobody found."
MISREAD = "the check digit at its end does not fit"
ASKED = "Who is it? Send me a Telegram id, a @username or an order number."

_NUMBERS = itertools.count(1)

INSERT = """
    INSERT INTO orders (user_id, status, total, currency)
    SELECT $1, 'delivered', number, 'EUR'
    FROM generate_series(1, $2::integer) AS number
"""


@pytest.fixture(scope="module")
def tea(shop: Shop) -> int:
    return shop.product("TEA", "Tea", 450, 1000)


@pytest.fixture
def owner(shop: Shop, owner: Person) -> Person:
    """Has read everything."""
    shop.wait_until_idle()
    owner.read(wait=0)
    owner.ask("/cancel")
    return owner


def begin(shop: Shop, admin: Person) -> None:
    admin.ask("/admin")
    assert shop.push(admin, "Find a customer") == ASKED


def known(shop: Shop, first_name: str = "Ada", **names: str) -> Person:
    person = shop.person(first_name, **names)
    person.ask("/start")
    return person


def order_of(shop: Shop, customer: Person) -> int:
    """Nobody hears of it."""
    return int(
        shop.value("INSERT INTO orders (user_id, total, currency) VALUES ($1, 450, 'EUR') RETURNING id", customer.id)
    )


def number_of(order: int) -> str:
    return order_number(OrderId(order))


@pytest.mark.parametrize("written", ["{id}", "@{username}", "{username}", "@{USERNAME}", "{number}", "#{digits}"])
def test_a_customer_is_found_by_id_name_or_order(shop: Shop, owner: Person, written: str) -> None:
    username = f"Ada_{next(_NUMBERS)}"
    customer = known(shop, "Ada <3", username=username, language_code="de")
    number = number_of(order_of(shop, customer))
    text = written.format(
        id=customer.id,
        username=username,
        USERNAME=username.upper(),
        number=number,
        digits=number.replace("-", ""),
    )
    begin(shop, owner)
    for answer in (owner.ask(text), owner.ask(f"/admin {text}")):
        assert answer.startswith(f"Ada <3 @{username}\nID: {customer.id}\nLanguage: Deutsch\nJoined: ")
        assert answer.endswith("\n1 order")
    assert [label for label in labels(owner) if label.startswith(number)]


def test_plain_digits_are_an_id_and_an_order_number_both(shop: Shop, owner: Person) -> None:
    ordered = known(shop, "Ordered")
    digits = number_of(order_of(shop, ordered)).replace("-", "")
    assert owner.ask(f"/admin {digits}").startswith("Ordered")
    named = shop.emulator.person(int(digits), "Named")
    named.ask("/start")
    assert owner.ask(f"/admin {digits}") == "There are several:"
    assert labels(owner)[:2] == [f"Named · {digits}", f"Ordered · {ordered.id}"]
    assert shop.push(owner, f"Ordered · {ordered.id}").startswith("Ordered")


def test_everybody_whose_name_it_was_is_shown(shop: Shop, owner: Person) -> None:
    first, second = known(shop, "First", username="Handed_On"), known(shop, "Second", username="handed_on")
    known(shop, "Other", username="handed_on_")
    assert owner.ask("/admin @handed_on") == "There are several:"
    shown = [f"Second · @handed_on · {second.id}", f"First · @Handed_On · {first.id}"]
    assert labels(owner)[:-2] == shown
    assert shop.push(owner, shown[1]).startswith("First @Handed_On")


def test_the_order_of_somebody_forgotten_is_shown_itself(shop: Shop, owner: Person, customer: Person) -> None:
    customer.ask("/start")
    order = order_of(shop, customer)
    shop.sql("UPDATE orders SET user_id = NULL WHERE id = $1", order)
    answer = owner.ask(f"/admin {number_of(order)}")
    assert answer.startswith(f"Order {number_of(order)} · placed")
    assert "The customer has been forgotten." in answer


def test_whoever_has_blocked_the_bot_is_shown_as_such(shop: Shop, owner: Person) -> None:
    customer = known(shop)
    assert "blocked" not in owner.ask(f"/admin {customer.id}")
    customer.block()
    shop.wait_until_idle()
    assert "Has blocked the bot: " in owner.ask(f"/admin {customer.id}")
    customer.block(False)
    customer.ask("/start")
    assert "blocked" not in owner.ask(f"/admin {customer.id}")


def test_orders_come_page_by_page(shop: Shop, owner: Person) -> None:
    customer = known(shop)
    shop.sql(INSERT, customer.id, 30)
    assert owner.ask(f"/admin {customer.id}").endswith("30 orders")
    there, back = [prices(owner)], []
    while "›" in labels(owner):
        assert shop.push(owner, "›").endswith("30 orders")
        there.append(prices(owner))
    while "‹" in labels(owner):
        back.append(prices(owner))
        shop.push(owner, "‹")
    back.append(prices(owner))
    assert back == there[::-1]
    assert list(itertools.chain(*there)) == [f"€0.{cents:02}" for cents in range(30, 0, -1)]


def prices(person: Person) -> list[str]:
    return [label.split(" · ")[2] for label in labels(person) if " · " in label]


def test_a_misread_number_is_told_apart(shop: Shop, owner: Person, customer: Person) -> None:
    customer.ask("/start")
    digits = number_of(order_of(shop, customer)).replace("-", "")
    misread = f"{digits[:-1]}{(int(digits[-1]) + 1) % 10}"
    begin(shop, owner)
    for text in (misread, f"#{misread}", f"{misread[:-3]}-{misread[-3:]}"):
        answer = owner.ask(text)
        assert answer.startswith(NOBODY)
        assert MISREAD in answer
    assert owner.ask(number_of(10**9)) == NOBODY
    assert owner.ask(digits).endswith("1 order"), "the conversation goes on until somebody is found"
    assert owner.ask(digits) == "I don't know that one. /help lists what I can do."


def test_what_makes_no_sense_is_answered_kindly(shop: Shop, owner: Person) -> None:
    begin(shop, owner)
    for text in ("Ada Lovelace", "@", "'; DROP TABLE users; --", "<b>", "٣٤٥", "-", "😀"):
        assert owner.ask(text).startswith("That is no Telegram id, no @username and no order number.")
    for text in ("@nobody_at_all", "@" + "_" * 32, "9" * 18, "1"):
        assert owner.ask(text).startswith(NOBODY)
    for text in ("9" * 19, "9" * 20, "9" * 4000, "0"):
        assert owner.ask(text).startswith(NOBODY)
        assert owner.ask(f"/admin {text}").startswith(NOBODY)
    owner.send_file("ada.txt", b"ada", caption="ada")
    assert owner.answer() == "Please send it as text, or /cancel."
    assert owner.ask("/cancel") == "Cancelled."
    assert owner.ask("1") == "I don't know that one. /help lists what I can do."
    assert shop.failed() == []


def test_going_back_home_ends_the_question(shop: Shop, owner: Person) -> None:
    begin(shop, owner)
    assert "new order" in shop.push(owner, "Administration")
    assert owner.ask("1") == "I don't know that one. /help lists what I can do."


def test_a_forged_customer_is_nobody(shop: Shop, owner: Person) -> None:
    most = 2**63 - 1
    owner.ask("/admin")
    assert shop.tap(owner, f"a-customer:::{most}") == NOBODY
    for data in ("a-customer:::0", f"a-customer:::{most + 1}", "a-customer::::", "a-customer:x:1:1", "a-customer"):
        answer = owner.press_data(max(owner.seen), data, forged=True)
        assert answer["text"] == "This button is out of date. /help lists what I can do."
    customer = known(shop)
    for place in ("", "1", most):
        for back in (0, 1):
            assert shop.tap(owner, f"a-customer:{place}:{back}:{customer.id}").endswith("0 orders")
    assert shop.failed() == []
