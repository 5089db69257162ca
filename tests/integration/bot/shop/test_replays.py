"""Every callback of every screen replayed, replayed late, replayed by another user, and with forged data.

Never another's data, never a second effect, never an exception. What a press may do however late it comes, because it
carries the value to be reached and reaches it for its own presser alone: change the presser's cart, settings and
conversation; and, for an admin, hide a product or show it. Whatever else it did, it did once.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import pytest

from bot.domain.order_numbers import order_number
from bot.domain.orders import NEXT, OrderId, Status
from emulator.client import Json, Person
from tests.integration.bot.shop.conftest import OWNER, Shop
from tests.integration.bot.shop.replaying import JUNK, Press, Walk, Watch, classes, effects, forged, replay
from tests.waiting import wait_for

SEED = 20_261_123
BATCH = 200  # presses
#: Of each kind of button, by each person.
MOST_FORGED = 50

_UPDATE_IDS = itertools.count(10**9, 1000)

OUT_OF_DATE = "This button is out of date. /help lists what I can do."
#: Of a product that customers do not see, and of what is in an update that failed.
HIDDEN, SECRET = "HIDDENMARK", "SECRETMARK"

PAST_ORDERS = """
    WITH placed AS (
        INSERT INTO orders (user_id, status, total, currency, delivery_note, placed_at)
        SELECT $1, $2, 100, 'EUR', $3, now() - interval '1 day'
        FROM generate_series(1, 9)
        RETURNING id
    )
    INSERT INTO order_events (order_id, status, happened_at)
    SELECT id, status, now() - interval '1 day' + position * interval '1 hour'
    FROM placed
    CROSS JOIN unnest($4::text[]) WITH ORDINALITY AS history (status, position)
"""

FAILED = """
    INSERT INTO failed_updates (id, chat_id, update_id, received_at, failed_at, payload, attempts, error)
    SELECT nextval(pg_get_serial_sequence('inbox', 'id')), $1, $2 + number, now(), now(), $3, 5, 'ValueError: no'
    FROM generate_series(1, $4::integer) AS number
"""


@dataclass
class Stage:
    """A shop in which everybody has pressed everything."""

    shop: Shop
    watch: Watch
    owner: Person
    alice: Person
    bob: Person
    #: Presses nothing; nobody else may see or change anything of hers.
    carol: Person
    tea: int
    #: Bought by Alice alone, and hidden since.
    rare: int
    walk: Walk
    #: Of each product that is bought: in stock, and in orders that are not cancelled.
    pieces: dict[int, int]

    @property
    def presses(self) -> list[Press]:
        return self.walk.presses

    @property
    def customers(self) -> tuple[Person, Person]:
        return self.alice, self.bob

    def carols(self) -> list[tuple[object, ...]]:
        query = """
            SELECT to_jsonb(users)::text, array_agg((product_id, quantity)::text)
            FROM users
            JOIN cart_items ON user_id = users.id
            WHERE users.id = $1
            GROUP BY users.id
        """
        return self.shop.sql(query, self.carol.id)


def marks(stage: Stage, person: Person) -> list[str]:
    """What nobody but this person, and the admins, may read."""
    orders = stage.shop.sql("SELECT id FROM orders WHERE user_id = $1", person.id)
    numbers = [order_number(OrderId(order)) for (order,) in orders]
    return [str(person.id), person.first_name, person.names["username"], *numbers]


@pytest.fixture(scope="module")
def stage(open_shop: Callable[..., Shop]) -> Iterator[Stage]:
    shop = open_shop(ADMIN_IDS=str(OWNER), OUTBOX_MESSAGES_PER_SECOND="20")
    watch = Watch(shop)
    stage = set_up(shop, watch)
    walk_everywhere(stage)
    yield stage
    watch.close()


def set_up(shop: Shop, watch: Watch) -> Stage:
    owner = shop.emulator.person(OWNER, "OLGAMARK", username="olgamark")
    alice, bob, carol = (shop.person(name, username=name.lower()) for name in ("ALICEMARK", "BOBMARK", "CAROLMARK"))
    for person in (owner, alice, bob, carol):
        person.ask("/start")
    tea, rare = shop.product("TEA", "Tea", stock=1000), shop.product("RARE", "ALICEMARK's tea", stock=50)
    shop.product("HIDDEN", HIDDEN, is_hidden=True)
    for number in range(10):
        shop.product(f"PAGE-{number}", f"Page {number}")
    everything = [str(status) for status in (Status.PLACED, Status.CONFIRMED, Status.SHIPPED, Status.DELIVERED)]
    for person, history in ((alice, everything), (bob, everything), (carol, everything[:1])):
        shop.sql(PAST_ORDERS, person.id, history[-1], note_of(person), history)
    shop.order(carol, tea, quantity=2, note=note_of(carol))
    shop.tap(carol, f"put:{tea}:7:cart")
    walk = Walk(watch, owner, alice, bob)
    return Stage(shop, watch, owner, alice, bob, carol, tea, rare, walk, {tea: 1000, rare: 50})


def walk_everywhere(stage: Stage) -> None:
    alice, bob = stage.customers
    to_be_delivered = walk_as_customer(stage, alice, stage.rare)
    stage.shop.sql("UPDATE products SET is_hidden = true WHERE id = $1", stage.rare)
    to_be_cancelled = walk_as_customer(stage, bob, stage.tea)
    for person in (alice, bob):
        walk_settings(stage, person)
    walk_orders(stage, to_be_delivered, to_be_cancelled)
    walk_products(stage)
    walk_failed(stage)
    walk_broadcast(stage)
    fail(stage, 1)


def note_of(person: Person) -> str:
    return f"to <{person.first_name}>"


def walk_as_customer(stage: Stage, person: Person, product: int) -> int:
    """The id of an order that is left."""
    walk = stage.walk
    walk.say(person, "/start")
    for label in ("Catalogue", "›", "‹"):
        walk.press(person, label)
    walk.press(person, data=f"product:{stage.tea}")
    for label in ("Add 2", "+ 3", "− 2", "Cart", "+", "−", "Empty the cart", "No", "Empty the cart", "Yes, empty it"):
        walk.press(person, label)
    walk.say(person, "/catalogue")
    walk.press(person, data=f"product:{product}")
    for label in ("Add 3", "Remove", "Add 3", "Cart", "Check out", "Not now", "Check out", "Nothing to add"):
        walk.press(person, label)
    walk.press(person, "Change the note")
    walk.say(person, note_of(person))
    walk.press(person, "Place the order")
    for label in ("Cancel this order", "No", "Cancel this order", "Yes, cancel it", "All orders", "›", "‹"):
        walk.press(person, label)
    walk.press(person, begins="order:")

    walk.open(person, f"put:{product}:2:product")
    walk.press(person, "Cart")
    walk.press(person, "Check out")
    walk.say(person, note_of(person))
    walk.press(person, "Place the order")
    walk.say(person, "/forget")
    walk.press(person, "No")
    return int(stage.shop.value("SELECT max(id) FROM orders WHERE user_id = $1", person.id))


def walk_settings(stage: Stage, person: Person) -> None:
    walk = stage.walk
    walk.say(person, "/profile")
    walk.press(person, "Settings")
    for step in ("languages", "language:en", "languages", "language:", "zones:", "settings", "zones:", "zones:europe"):
        walk.press(person, data=step)
    for step in ("zone:Europe/Berlin", "zones:", "zone:", "notify:0", "notify:1"):
        walk.press(person, data=step)


def walk_orders(stage: Stage, to_be_delivered: int, to_be_cancelled: int) -> None:
    walk, owner = stage.walk, stage.owner
    stage.shop.wait_until_idle()
    walk.say(owner, "/admin")
    for label in ("New orders", "›", "‹", "Open orders", "›", "‹", "Administration"):
        walk.press(owner, label)
    walk.press(owner, data=f"a-order:{to_be_delivered}")
    for label in ("Cancel the order", "No", "Confirm", "Ship", "Delivered", "Customer", "›", "‹"):
        walk.press(owner, label)
    walk.press(owner, data=f"a-order:{to_be_cancelled}")
    for label in ("Cancel the order", "Yes, cancel it", "New orders", "Administration", "Find a customer"):
        walk.press(owner, label)
    walk.say(owner, f"@{stage.carol.names['username']}")
    for label in ("Find a customer", "Administration"):
        walk.press(owner, label)


def walk_products(stage: Stage) -> None:
    walk, owner = stage.walk, stage.owner
    walk.say(owner, "/products")
    for label in ("›", "‹"):
        walk.press(owner, label)
    walk.press(owner, begins="a-product:")
    for label in ("All products", "Add a product", "Not now", "Add a product"):
        walk.press(owner, label)
    for answer in ("NEW", "New"):
        walk.say(owner, answer)
    walk.press(owner, "No description")
    for answer in ("1.00", "5"):
        walk.say(owner, answer)
    walk.press(owner, "Save")
    for label, answer in (("Name", "Newer"), ("Price", "2.00"), ("Stock", "7"), ("Description", "About it")):
        walk.press(owner, label)
        walk.say(owner, answer)
    for label in ("Name", "Not now", "Description", "No description", "Hide from customers", "Show to customers"):
        walk.press(owner, label)
    for label in ("All products", "Import CSV"):
        walk.press(owner, label)
    owner.send_file("products.csv", b"sku,name,description,price,stock,hidden\nIMPORTED,Imported,,3.00,9,no\n")
    walk.read(owner)
    for label in ("All products", "Export CSV", "Back", "How the shop does"):
        walk.press(owner, label)


def walk_failed(stage: Stage) -> None:
    walk, owner = stage.walk, stage.owner
    fail(stage, 10)
    walk.say(owner, "/admin")
    for label in ("What failed", "›", "‹"):
        walk.press(owner, label)
    walk.press(owner, begins="a-fail:")
    for label in ("Drop", "No", "Drop", "Yes, drop it"):
        walk.press(owner, label)
    walk.press(owner, begins="a-fail:")
    for label in ("Replay", "Replay all (8)"):
        walk.press(owner, label)


def walk_broadcast(stage: Stage) -> None:
    """It takes some seconds to send, and is stopped meanwhile."""
    walk, owner, shop = stage.walk, stage.owner, stage.shop
    shop.sql("INSERT INTO users (id, first_name) SELECT 700 + number, 'Away' FROM generate_series(1, 300) AS number")
    walk.say(owner, "/admin")
    for label in ("Write to all users", "Not now"):
        walk.press(owner, label)
    walk.say(owner, "/broadcast")
    walk.say(owner, "Sale!")
    walk.press(owner, "Change")
    walk.say(owner, "Sale of tea!")
    walk.press(owner, begins="a-b-send:")
    walk.say(owner, "/broadcast")
    walk.press(owner, begins="a-b-show:")
    walk.press(owner, "How far is it?")
    walk.press(owner, "Cancel")
    wait_for(lambda: shop.value("SELECT state FROM broadcasts") == "cancelled", "it is cancelled")
    walk.say(owner, "/cancel")
    shop.wait_until_idle()


def fail(stage: Stage, count: int) -> None:
    """Carol's messages, which could not be handled."""
    carol = stage.carol
    sender = {"id": carol.id, "is_bot": False, "first_name": carol.first_name}
    message = {"message_id": 1, "date": 1, "chat": {"id": carol.id, "type": "private"}, "from": sender, "text": SECRET}
    payload = json.dumps({"update_id": 1, "message": message})
    stage.shop.sql(FAILED, carol.id, next(_UPDATE_IDS), payload, count)


@pytest.fixture(autouse=True)
def nothing_goes_wrong(stage: Stage) -> Iterator[None]:
    """Whatever a test does, it ends with this."""
    yield
    stage.shop.wait_until_idle()
    kept_to_themselves(stage)
    histories_go_forward(stage)
    pieces = {product: pieces_of(stage.shop, product) for product in stage.pieces}
    assert pieces == stage.pieces
    assert {error for _, error in stage.shop.failed()} <= {"ValueError: no"}
    said = [json.loads(line) for line in stage.shop.bot.said.splitlines()]
    assert [line for line in said if line["level"] in ("error", "critical") or "traceback" in line] == []


def kept_to_themselves(stage: Stage) -> None:
    """Nothing that the bot has ever sent to anybody is somebody else's."""
    people = {person.id: person for person in (*stage.customers, stage.carol, stage.owner)}
    private = {person_id: marks(stage, person) for person_id, person in people.items() if person_id != OWNER}
    private[OWNER] = ["OLGAMARK", "olgamark", HIDDEN]
    forbidden = {
        person_id: [SECRET, *(mark for other, marks in private.items() if other != person_id for mark in marks)]
        for person_id in people
    }
    forbidden[OWNER] = [SECRET]
    calls = [call for call in stage.shop.emulator.calls() if _chat(call) in people]
    assert {_chat(call) for call in calls} == set(people)
    for call in calls:
        text = json.dumps(call["parameters"], ensure_ascii=False)
        assert not [mark for mark in forbidden[_chat(call)] if mark in text], text


def _chat(call: Json) -> int:
    return int((call["parameters"] or {}).get("chat_id") or 0)


def histories_go_forward(stage: Stage) -> None:
    query = """
        SELECT status, ARRAY(SELECT status FROM order_events WHERE order_id = id ORDER BY happened_at)
        FROM orders
    """
    for now, history in stage.shop.sql(query):
        assert history[0] == Status.PLACED
        assert history[-1] == now
        for before, after in itertools.pairwise(map(Status, history)):
            assert after in NEXT[before]


def pieces_of(shop: Shop, product: int) -> int:
    """In stock, and in orders that are not cancelled."""
    query = """
        SELECT stock + coalesce((
            SELECT sum(quantity)
            FROM order_items
            JOIN orders ON orders.id = order_id
            WHERE product_id = $1
              AND status <> 'cancelled'
        ), 0)
        FROM products
        WHERE id = $1
    """
    return int(shop.value(query, product))


def others(presses: Sequence[Press], person: Person, random: Random) -> list[Press]:
    """Of everybody else, on messages of the person's own."""
    own = sorted(person.seen)
    return [Press(person.id, random.choice(own), press.data) for press in presses if press.person_id != person.id]


def all_forged(stage: Stage, person: Person, random: Random) -> list[Press]:
    """Of each kind of button, and of junk."""
    shop, own = stage.shop, sorted(person.seen)
    queries = ("SELECT id FROM orders", "SELECT id FROM products", "SELECT id FROM failed_updates")
    ids = [id_ for query in queries for (id_,) in shop.sql(query)]
    ids += [stage.alice.id, stage.bob.id, stage.carol.id, OWNER]
    since = shop.value("SELECT extract(epoch FROM created_at)::bigint FROM users WHERE id = $1", person.id)
    made = set(JUNK)
    for press in {press.prefix: press for press in stage.presses}.values():
        variants = sorted(set(forged(press, ids, random)))
        made |= set(random.sample(variants, min(MOST_FORGED, len(variants))))
    # They are asked whether to be forgotten, and with this they would say yes.
    sane = [data for data in sorted(made) if not data.startswith((f"forget:{since}:", f"forget:{since - 1}:"))]
    random.shuffle(sane)
    return [Press(person.id, random.choice(own), data) for data in sane]


def replay_all(stage: Stage, presses: Sequence[Press]) -> list[tuple[Press, str]]:
    answers: list[tuple[Press, str]] = []
    for start in range(0, len(presses), BATCH):
        answers += replay(stage.watch, presses[start : start + BATCH])
    return answers


def forget_conversations(stage: Stage) -> None:
    for person in (stage.owner, *stage.customers):
        stage.walk.say(person, "/cancel")


def test_every_button_that_there_is_was_pressed(stage: Stage) -> None:
    assert {press.prefix for press in stage.presses} == set(classes())
    for person in stage.customers:
        assert {press.prefix for press in stage.presses if press.person_id == person.id and press.is_admins} == set()


def test_replayed_late_in_any_order_nothing_happens_again(stage: Stage) -> None:
    random = Random(SEED)
    before, carols = effects(stage.watch), stage.carols()
    for _ in range(2):
        replay_all(stage, random.sample(stage.presses, len(stage.presses)))
        assert effects(stage.watch) == before
    assert stage.carols() == carols


def test_pressed_by_others_nothing_is_shown_or_changed(stage: Stage) -> None:
    random = Random(SEED)
    forget_conversations(stage)
    before, carols = effects(stage.watch), stage.carols()
    presses = [press for person in (*stage.customers, stage.owner) for press in others(stage.presses, person, random)]
    random.shuffle(presses)
    answers = replay_all(stage, presses)
    refused = [text for press, text in answers if press.is_admins and press.person_id != OWNER]
    assert set(refused) == {OUT_OF_DATE}
    assert len(refused) > 100
    assert effects(stage.watch) == before
    assert stage.carols() == carols


def test_forged_by_customers_nothing_is_shown_or_changed(stage: Stage) -> None:
    random = Random(SEED)
    forget_conversations(stage)
    before, carols = effects(stage.watch), stage.carols()
    presses = [press for person in stage.customers for press in all_forged(stage, person, random)]
    random.shuffle(presses)
    answers = replay_all(stage, presses)
    assert not [answer for answer in answers if answer[0].is_admins and not answer[1]]
    assert effects(stage.watch) == before
    assert stage.carols() == carols


def test_forged_by_an_admin_orders_only_go_forward_and_nothing_comes_or_goes(stage: Stage) -> None:
    """An admin may confirm any order, and replay or drop what failed; this is the last test that does anything."""
    random = Random(SEED)
    forget_conversations(stage)
    before, carols = effects(stage.watch), stage.carols()
    replay_all(stage, all_forged(stage, stage.owner, random))
    after = effects(stage.watch)
    for what in ("items", "broadcasts", "people"):
        assert after[what] == before[what]
    assert [order["id"] for order in after["orders"]] == [order["id"] for order in before["orders"]]
    assert [product[:-1] for product in after["products"]] == [product[:-1] for product in before["products"]]
    assert set(after["failed"] or ()) <= set(before["failed"])
    assert [event for event in before["events"] if event not in after["events"]] == []
    assert stage.carols() == carols


def test_everybody_is_served_afterwards(stage: Stage) -> None:
    for person in (stage.owner, *stage.customers, stage.carol):
        person.read(wait=0)
        person.say("/cancel")
        person.expect()
        person.say("/help")
        assert "/start" in person.expect().text
