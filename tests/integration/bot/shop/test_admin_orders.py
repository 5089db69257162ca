"""Admins look after orders: each change happens once, is told once, and nobody else can make one."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.domain.order_numbers import order_number
from bot.domain.orders import NEXT, OrderId, Status
from emulator.client import Person
from tests.hostile import NAMES
from tests.integration.bot.shop.conftest import CLERK, OWNER, Shop
from tests.integration.bot.shop.looking import data_of, labels

MEANWHILE = "It has been changed meanwhile"

INSERT = """
    WITH given AS (
        SELECT (ARRAY['placed', 'placed', 'confirmed', 'shipped', 'delivered', 'cancelled'])[1 + number % 6] AS status
        FROM generate_series(1, $2::integer) AS number
    ), placed AS (
        INSERT INTO orders (user_id, status, total, currency)
        SELECT $1, status, 100, 'EUR'
        FROM given
        RETURNING id
    )
    INSERT INTO order_events (order_id, status)
    SELECT id, 'placed'
    FROM placed
"""


@pytest.fixture(scope="module")
def tea(shop: Shop) -> int:
    return shop.product("TEA", "Green <tea>", 450, 1000)


@pytest.fixture
def owner(shop: Shop, owner: Person) -> Person:
    return up_to_date(shop, owner)


@pytest.fixture
def clerk(shop: Shop, clerk: Person) -> Person:
    return up_to_date(shop, clerk)


def up_to_date(shop: Shop, person: Person) -> Person:
    """Has read everything, and has a message of the bot's to press on."""
    shop.wait_until_idle()
    person.read(wait=0)
    person.ask("/admin")
    return person


def look_at(shop: Shop, admin: Person, order: int) -> str:
    """In the newest message, which stays the newest."""
    shop.wait_until_idle()
    admin.read(wait=0)
    return shop.tap(admin, f"a-order:{order}")


def number_of(order: int) -> str:
    return order_number(OrderId(order))


def told(shop: Shop, customer: Person) -> list[str]:
    """What the customer has been told since the last look."""
    shop.wait_until_idle()
    return [answer.text for answer in customer.read(wait=0)]


def history(shop: Shop, order: int) -> list[tuple[str, int | None]]:
    """Statuses, and who made them."""
    query = "SELECT status, admin_id FROM order_events WHERE order_id = $1 ORDER BY happened_at"
    return [(status, admin_id) for status, admin_id in shop.sql(query, order)]


def status_of(shop: Shop, order: int) -> str:
    return str(shop.value("SELECT status FROM orders WHERE id = $1", order))


def stock_of(shop: Shop, product: int) -> int:
    return int(shop.value("SELECT stock FROM products WHERE id = $1", product))


def test_the_home_screen_counts_and_leads_everywhere(shop: Shop, owner: Person, customer: Person, tea: int) -> None:
    shop.order(customer, tea)
    confirmed = shop.order(customer, tea)
    shop.tap(owner, f"a-status:{confirmed}:placed:confirmed")
    new = shop.value("SELECT count(*) FROM orders WHERE status = 'placed'")
    opened = shop.value("SELECT count(*) FROM orders WHERE status IN ('placed', 'confirmed', 'shipped')")
    text = owner.ask("/admin")
    assert f"{new} new order" in text
    assert f"{opened} open order" in text
    ways = ["New orders", "Open orders", "Find a customer", "Products", "How the shop does", "Write to all users"]
    assert labels(owner) == [*ways, "What failed"]
    assert shop.push(owner, "New orders").startswith("New orders")
    assert shop.push(owner, "Administration") == text


@pytest.mark.parametrize(
    ("which", "statuses"), [("New orders", ["placed"]), ("Open orders", ["placed", "confirmed", "shipped"])]
)
def test_lists_go_there_and_back_the_oldest_first(
    shop: Shop, owner: Person, customer: Person, which: str, statuses: list[str]
) -> None:
    customer.ask("/start")
    shop.sql(INSERT, customer.id, 60)
    owner.ask("/admin")
    assert shop.push(owner, which) == f"{which}, the oldest first:"
    there, back = [numbers(owner)], []
    while "›" in labels(owner):
        shop.push(owner, "›")
        there.append(numbers(owner))
    while "‹" in labels(owner):
        back.append(numbers(owner))
        shop.push(owner, "‹")
    back.append(numbers(owner))
    assert back == there[::-1]
    expected = shop.sql("SELECT id FROM orders WHERE status = ANY ($1::text[]) ORDER BY id", statuses)
    assert list(itertools.chain(*there)) == [number_of(order) for (order,) in expected]
    assert max(map(len, there)) == 8


def numbers(person: Person) -> list[str]:
    return [label.split(" · ")[0] for label in labels(person) if " · " in label]


def test_a_page_that_nothing_is_on_any_more_is_no_error(shop: Shop, owner: Person) -> None:
    most = 2**63 - 1
    for which in ("new", "open"):
        assert shop.tap(owner, f"a-orders:{most}:0:{which}") == "No orders here."
        assert "Administration" in labels(owner)
        shop.tap(owner, f"a-orders:1:1:{which}")
        shop.tap(owner, f"a-orders::1:{which}")
    for data in (
        "a-orders:1:0:all",
        "a-orders:x:0:new",
        f"a-orders:{most + 1}:0:new",
        "a-order:0",
        "a-status:1:placed",
    ):
        shop.tap(owner, data)
    assert shop.tap(owner, f"a-order:{most}") == "There is no such order."
    assert shop.tap(owner, f"a-status:{most}:placed:confirmed") == "There is no such order."
    assert shop.failed() == []


def test_an_order_tells_all_there_is(shop: Shop, owner: Person, tea: int) -> None:
    customer = shop.person("Ada <b>", username="ada_orders")
    customer.ask("/start")
    order = shop.order(customer, tea, quantity=2, note="leave it at the <door>")
    text = look_at(shop, owner, order)
    assert text.startswith(f"Order {number_of(order)} · placed\n2 × Green <tea> · €9.00\nTotal: €9.00")
    assert "Delivery: leave it at the <door>" in text
    assert "Customer: Ada <b> @ada_orders" in text
    assert text.splitlines()[-1].endswith("· placed · the customer")
    sent = shop.emulator.calls("editMessageText")[-1]["parameters"]["text"]
    assert f'<a href="tg://user?id={customer.id}">Ada &lt;b&gt;</a> @ada_orders' in sent
    assert labels(owner)[:3] == ["Confirm", "Cancel the order", "Customer"]
    assert "Ada <b>" in shop.push(owner, "Customer")


def test_an_order_goes_its_way_and_the_customer_hears_of_each_step(
    shop: Shop, owner: Person, clerk: Person, customer: Person, tea: int
) -> None:
    shop.sql("DELETE FROM users WHERE id = $1", CLERK)
    owner.ask("/start")
    order = shop.order(customer, tea)
    number = number_of(order)
    look_at(shop, owner, order)
    assert f"· confirmed · Olga ({OWNER})" in shop.push(owner, "Confirm")
    assert told(shop, customer) == [f"Your order {number} is confirmed."]
    look_at(shop, clerk, order)
    assert f"· shipped · {CLERK}" in shop.push(clerk, "Ship")
    assert told(shop, customer) == [f"Your order {number} is on its way."]
    clerk.ask("/start")
    assert f"· shipped · Carl ({CLERK})" in look_at(shop, owner, order)
    assert labels(owner)[:2] == ["Delivered", "Customer"]
    shop.push(owner, "Delivered")
    assert labels(owner)[0] == "Customer"
    assert told(shop, customer) == [f"Your order {number} is delivered. Enjoy!"]
    assert history(shop, order) == [("placed", None), ("confirmed", OWNER), ("shipped", CLERK), ("delivered", OWNER)]
    assert "· delivered" in shop.push(customer, "Show the order")
    assert told(shop, owner) == []


def test_a_cancelled_order_returns_its_pieces(shop: Shop, owner: Person, customer: Person, tea: int) -> None:
    before = stock_of(shop, tea)
    order = shop.order(customer, tea, quantity=3)
    assert stock_of(shop, tea) == before - 3
    look_at(shop, owner, order)
    assert shop.push(owner, "Cancel the order") == f"Cancel order {number_of(order)}?"
    cancel, message = data_of(owner, "Yes, cancel it"), max(owner.seen)
    assert "· placed" in shop.push(owner, "No")
    assert status_of(shop, order) == "placed"
    assert "· cancelled" in shop.tap(owner, cancel, message)
    assert told(shop, customer) == [f"Your order {number_of(order)} has been cancelled by the shop."]
    assert MEANWHILE not in shop.tap(owner, cancel, message)
    assert stock_of(shop, tea) == before


def test_a_yes_to_cancelling_cancels_only_what_the_admin_was_asked_about(
    shop: Shop, owner: Person, clerk: Person, customer: Person, tea: int
) -> None:
    order = shop.order(customer, tea)
    look_at(shop, owner, order)
    ask, message = data_of(owner, "Cancel the order"), max(owner.seen)
    shop.push(owner, "Cancel the order")
    yes = data_of(owner, "Yes, cancel it")
    shop.tap(clerk, f"a-status:{order}:placed:confirmed")
    for late in (yes, ask):
        assert shop.tap(owner, late, message).startswith(f"{MEANWHILE}: confirmed · ")
    assert status_of(shop, order) == "confirmed"
    shop.tap(clerk, f"a-status:{order}:confirmed:shipped")
    assert shop.tap(owner, f"a-cancel:{order}:shipped").startswith("That cannot be made of an order.")
    assert shop.tap(owner, f"a-cancel:{2**63 - 1}:placed") == "There is no such order."
    assert history(shop, order) == [("placed", None), ("confirmed", CLERK), ("shipped", CLERK)]


def test_a_button_pressed_four_times_at_once_works_once(shop: Shop, owner: Person, customer: Person, tea: int) -> None:
    order = shop.order(customer, tea)
    look_at(shop, owner, order)
    confirm, message = data_of(owner, "Confirm"), max(owner.seen)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: owner.press_data(message, confirm, forged=True), range(4)))
    text = shop.tap(owner, confirm, message)
    assert text.startswith(f"Order {number_of(order)} · confirmed")
    assert labels(owner)[:2] == ["Ship", "Cancel the order"]
    assert history(shop, order) == [("placed", None), ("confirmed", OWNER)]
    assert told(shop, customer) == [f"Your order {number_of(order)} is confirmed."]


@pytest.mark.parametrize("clerks_button", ["Yes, cancel it", "Confirm"])
def test_of_two_admins_who_press_at_once_one_wins_and_the_other_is_told(
    shop: Shop, owner: Person, clerk: Person, customer: Person, tea: int, clerks_button: str
) -> None:
    clerk.ask("/start")
    owner.ask("/start")
    before = stock_of(shop, tea)
    kept = 0
    for _ in range(6):
        order = shop.order(customer, tea)
        customer.read(wait=0)
        presses = []
        for admin, label in ((owner, "Confirm"), (clerk, clerks_button)):
            look_at(shop, admin, order)
            if label == "Yes, cancel it":
                shop.push(admin, "Cancel the order")
            presses.append((admin, max(admin.seen), data_of(admin, label)))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda press: press[0].press_data(*press[1:], forged=True), presses))
        news = told(shop, customer)
        [placed, (status, winner_id)] = history(shop, order)
        assert placed == ("placed", None)
        assert status == status_of(shop, order)
        assert len(news) == 1
        texts = {}
        for admin, message, _ in presses:
            admin.read(wait=0)
            texts[admin.id] = admin.seen[message].text
        winner = next(admin for admin, *_ in presses if admin.id == winner_id)
        [loser] = [text for admin_id, text in texts.items() if admin_id != winner_id]
        assert texts[winner.id].startswith(f"Order {number_of(order)} · {status}")
        assert loser.startswith(f"{MEANWHILE}: {status} · {winner.first_name} ({winner.id}) · ")
        assert f"Order {number_of(order)} · {status}" in loser
        kept += status == "confirmed"
    assert stock_of(shop, tea) == before - kept


def test_whoever_acts_after_the_customer_has_cancelled_is_told(
    shop: Shop, owner: Person, customer: Person, tea: int
) -> None:
    order = shop.order(customer, tea)
    look_at(shop, owner, order)
    confirm, message = data_of(owner, "Confirm"), max(owner.seen)
    shop.tap(customer, f"cancel:{order}:1")
    assert shop.tap(owner, confirm, message).startswith(f"{MEANWHILE}: cancelled · the customer · ")
    assert status_of(shop, order) == "cancelled"
    assert "is confirmed" not in "".join(told(shop, customer))


def test_no_forged_step_changes_anything(shop: Shop, owner: Person, customer: Person, tea: int) -> None:
    order = shop.order(customer, tea)
    pieces = stock_of(shop, tea)
    for now in Status:
        shop.sql("UPDATE orders SET status = $2 WHERE id = $1", order, now)
        for before, after in itertools.product(Status, Status):
            if before is not now or after not in NEXT[now]:
                text = shop.tap(owner, f"a-status:{order}:{before}:{after}")
                assert f"Order {number_of(order)} · {now}" in text
        assert status_of(shop, order) == now
    assert history(shop, order) == [("placed", None)]
    assert stock_of(shop, tea) == pieces
    assert told(shop, customer) == []
    assert shop.failed() == []


def test_whoever_does_not_want_to_hear_of_it_does_not(shop: Shop, owner: Person, customer: Person, tea: int) -> None:
    order = shop.order(customer, tea)
    shop.tap(customer, "notify:0")
    shop.tap(owner, f"a-status:{order}:placed:confirmed")
    assert status_of(shop, order) == "confirmed"
    assert told(shop, customer) == []
    shop.tap(customer, "notify:1")
    shop.tap(owner, f"a-status:{order}:confirmed:shipped")
    assert told(shop, customer) == [f"Your order {number_of(order)} is on its way."]


def test_the_forgotten_hear_nothing(shop: Shop, owner: Person, customer: Person, tea: int) -> None:
    order = shop.order(customer, tea, note="my address")
    look_at(shop, owner, order)
    confirm, message = data_of(owner, "Confirm"), max(owner.seen)
    shop.sql("UPDATE orders SET user_id = NULL, delivery_note = '' WHERE id = $1", order)
    shop.sql("DELETE FROM users WHERE id = $1", customer.id)
    text = shop.tap(owner, confirm, message)
    assert "The customer has been forgotten." in text
    assert "my address" not in text
    assert "Customer" not in labels(owner)
    assert status_of(shop, order) == "confirmed"
    assert told(shop, customer) == []
    assert shop.value("SELECT count(*) FROM outbox WHERE chat_id = $1 AND key LIKE 'order:%'", customer.id) == 0


def test_nobody_else_gets_or_changes_anything(shop: Shop, customer: Person, tea: int) -> None:
    order = shop.order(customer, tea, note="my address")
    thief = shop.person("Thief")
    for command in ("/admin", f"/admin {customer.id}", "/admin 10-008", "/failed"):
        assert thief.ask(command) == "I don't know that one. /help lists what I can do."
    own = f"a-status:{order}:placed:confirmed"
    for person in (thief, customer):
        before = dict(person.seen)
        lists = ("admin", "a-orders:::new", "a-orders:::open", f"a-customer:::{customer.id}", "a-find", "a-failed")
        for data in (own, f"a-cancel:{order}:placed", f"a-order:{order}", *lists, "a-replay-all:1"):
            answer = person.press_data(max(person.seen), data, forged=True)
            assert answer["text"] == "This button is out of date. /help lists what I can do."
        assert told(shop, person) == []
        assert person.seen == before
    assert history(shop, order) == [("placed", None)]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_shown_as_they_are(shop: Shop, owner: Person, tea: int, name: str) -> None:
    customer = shop.person(name)
    customer.ask("/start")
    order = shop.order(customer, tea)
    shown = name.replace("\x00", "\ufffd").replace("\u202e", "")
    assert f"Customer: {shown}\n" in look_at(shop, owner, order)
    assert shown in shop.push(owner, "Customer")
    assert shop.failed() == []


def test_a_former_admin_can_do_nothing_with_an_old_keyboard(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop()
    tea = shop.product("TEA")
    customer, clerk = shop.person(), shop.emulator.person(CLERK, "Carl")
    order = shop.order(customer, tea)
    clerk.ask("/start")
    look_at(shop, clerk, order)
    shown = clerk.seen[max(clerk.seen)].text
    data = [button["callback_data"] for button in clerk.seen[max(clerk.seen)].buttons]
    assert f"a-status:{order}:placed:confirmed" in data

    assert shop.bot.end(signal.SIGTERM) == 0
    shop.bot._environment["ADMIN_IDS"] = str(OWNER)
    shop.bot.start()
    shop.bot.wait_until_ready()

    for press in data:
        answer = clerk.press_data(max(clerk.seen), press)
        assert answer["text"] == "This button is out of date. /help lists what I can do."
    assert told(shop, clerk) == []
    assert clerk.seen[max(clerk.seen)].text == shown
    assert history(shop, order) == [("placed", None)]
