"""Whatever Telegram could send: no update fails, nothing is raised, and everybody is served."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator

import pytest

from emulator.client import Json, Person
from tests.hostile import NAMES
from tests.integration.bot.shop.conftest import CLERK, OWNER, Shop
from tests.update_generator import KINDS, UpdateGenerator
from tests.waiting import wait_for

UPDATES = 10_000
MALFORMED = 400
BATCH = 200

PEOPLE = (OWNER, CLERK, *range(7001, 7031))
GROUPS = tuple(range(-4012, -4000))
SEED = int(os.environ.get("FUZZ_SEED", "20_240_229"))


@pytest.fixture(scope="module")
def shop(open_shop: Callable[..., Shop]) -> Shop:
    shop = open_shop(FLOOD_MESSAGES="100000")
    for number, name in enumerate(("Tea", *NAMES[:3], "x" * 100)):
        shop.product(f"P{number}" if number else "TEA", name, 450 * number, 10**number, description="<b>" * number)
    return shop


@pytest.fixture
def updates() -> UpdateGenerator:
    print(f"FUZZ_SEED={SEED}")
    return UpdateGenerator(SEED, PEOPLE, GROUPS)


def batches(make: Callable[[], Json], count: int) -> Iterator[list[Json]]:
    for start in range(0, count, BATCH):
        yield [make() for _ in range(min(BATCH, count - start))]


def wait_until_handled(shop: Shop) -> None:
    def is_handled() -> bool:
        return bool(shop.emulator.counts()["waiting"] == 0 and shop.value("SELECT count(*) FROM inbox") == 0)

    wait_for(is_handled, "every update is handled", timeout=240)


def complaints(shop: Shop) -> Iterator[str]:
    """What the bot has said that it need not say of any update that is as documented."""
    for line in shop.bot.said.splitlines():
        said = json.loads(line)
        if said["level"] in ("warning", "error", "critical") or "traceback" in said:
            yield line


def is_served(customer: Person) -> bool:
    return customer.ask("/help").startswith("/start")


def test_whatever_telegram_could_send_is_handled(shop: Shop, customer: Person, updates: UpdateGenerator) -> None:
    kinds: set[str] = set()
    for batch in batches(updates.update, UPDATES):
        kinds |= {kind for update in batch for kind in update}
        shop.emulator.send_updates(*batch)
    wait_until_handled(shop)
    assert kinds == set(KINDS)
    assert is_served(customer)
    assert shop.failed() == []
    assert list(complaints(shop)) == []
    # They were no strangers' updates alone: people have come and filled their carts.
    assert shop.value("SELECT count(*) FROM users WHERE id = ANY ($1)", PEOPLE) > len(PEOPLE) / 2
    assert shop.value("SELECT count(*) FROM cart_items") > 0


def test_what_cannot_be_read_is_kept_and_stops_nobody(shop: Shop, customer: Person, updates: UpdateGenerator) -> None:
    sent: list[int] = []
    for batch in batches(updates.malformed, MALFORMED):
        sent += shop.emulator.send_updates(*batch)
        assert is_served(customer)
    wait_until_handled(shop)
    failed = dict(shop.failed())
    assert sorted(failed) == sorted(sent)
    assert all(error.startswith("ValidationError") for error in failed.values())


@pytest.mark.parametrize("user_id", [2**63, 2**64 - 1])
def test_ids_that_cannot_be_kept_are_passed_over(shop: Shop, customer: Person, user_id: int) -> None:
    sender = {"id": user_id, "is_bot": False, "first_name": "Nobody"}
    chat = {"id": user_id, "type": "private"}
    message = {"message_id": 1, "date": 0, "chat": chat, "from": sender, "text": "/start"}
    press = {"id": "1", "from": sender, "chat_instance": "1", "data": "cart", "message": message}
    sent = shop.emulator.send_updates({"message": message}, {"callback_query": press})
    wait_until_handled(shop)
    assert not {update_id for update_id, _ in shop.failed()} & set(sent)
    assert is_served(customer)


def test_a_message_of_nobody_is_no_error(shop: Shop, customer: Person) -> None:
    chat = {"id": customer.id, "type": "private", "first_name": "Ada"}
    [sent] = shop.emulator.send_updates({"message": {"message_id": 1, "date": 0, "chat": chat, "text": "/profile"}})
    wait_until_handled(shop)
    assert sent not in dict(shop.failed())
    assert is_served(customer)


def test_a_forged_press_on_what_is_no_text_is_answered(shop: Shop, customer: Person) -> None:
    customer.say("/start")
    customer.expect()
    customer.say("/export")
    document = customer.expect()
    assert customer.press_data(document.id, "cart", forged=True) is not None
    wait_until_handled(shop)
    assert is_served(customer)
    assert not [error for _, error in shop.failed() if "no text in the message" in error]
