"""Who sends a lot at once is told so once, and harms nobody but themselves."""

from __future__ import annotations

import itertools
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from emulator.client import Json, Person
from tests.integration.bot.shop.conftest import Shop

MOST, PERIOD = 5, 60
TOLD = "That was a lot at once."

_MESSAGE_IDS = itertools.count(5000)


@pytest.fixture(scope="module")
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop(FLOOD_MESSAGES=str(MOST), FLOOD_SECONDS=str(PERIOD))


@pytest.fixture
def now() -> int:
    return int(time.time())


def message(person: Person, sent_at: int, **content: Any) -> Json:
    sender = {"id": person.id, "is_bot": False, "first_name": person.first_name, **person.names}
    chat = {"id": person.id, "type": "private", "first_name": person.first_name}
    told = {"message_id": next(_MESSAGE_IDS), "date": sent_at, "chat": chat, "from": sender}
    return {"message": told | ({"text": "/help"} | content)}


def flood(shop: Shop, person: Person, now: int, count: int = 50) -> list[str]:
    """What the bot has answered to so many at once."""
    shop.emulator.send_updates(*(message(person, now) for _ in range(count)))
    shop.wait_until_idle()
    return person.answers(wait=0)


def test_a_burst_is_answered_up_to_the_limit_and_told_of_once(shop: Shop, customer: Person, now: int) -> None:
    answers = flood(shop, customer, now)
    assert [answer.startswith("/start") for answer in answers[:MOST]] == [True] * MOST
    assert len(answers) == MOST + 1
    assert answers[-1].startswith(TOLD)
    assert shop.failed() == []


def test_whoever_waits_is_served_again_and_told_again_another_time(shop: Shop, customer: Person, now: int) -> None:
    flood(shop, customer, now)
    assert flood(shop, customer, now + PERIOD - 1, 3) == []
    assert [answer.startswith("/start") for answer in flood(shop, customer, now + 3 * PERIOD, 2)] == [True, True]
    assert sum(answer.startswith(TOLD) for answer in flood(shop, customer, now + 6 * PERIOD)) == 1


def test_somebody_else_is_served_meanwhile(shop: Shop, customer: Person, now: int) -> None:
    other = shop.person("Grace")
    shop.emulator.send_updates(*(message(customer, now) for _ in range(50)))
    assert other.ask("/help").startswith("/start")


def test_it_is_said_in_the_language_that_was_chosen(shop: Shop, now: int) -> None:
    customer = shop.person(language_code="ru")
    customer.ask("/start")
    chosen = """UPDATE users SET settings = '{"language": "es"}' WHERE id = $1 RETURNING id"""
    assert shop.value(chosen, customer.id) == customer.id
    answers = flood(shop, customer, now + 10 * PERIOD)
    assert len(answers) == MOST + 1
    assert shop.failed() == []


def test_a_payment_is_never_passed_over(shop: Shop, customer: Person, now: int) -> None:
    flood(shop, customer, now)
    paid = {
        "currency": "EUR",
        "total_amount": 100,
        "invoice_payload": "x",
        "telegram_payment_charge_id": "1",
        "provider_payment_charge_id": "2",
    }
    shop.emulator.send_updates(message(customer, now, text=None, successful_payment=paid))
    assert not customer.answer().startswith(TOLD)


def test_presses_beyond_the_limit_are_answered_all_the_same(shop: Shop, customer: Person) -> None:
    customer.say("/catalogue")
    shown = customer.expect()
    toasts = [customer.press_data(shown.id, "cart", forged=True).get("text", "") for _ in range(MOST + 3)]
    assert [toast.startswith(TOLD) for toast in toasts] == [False] * (MOST - 1) + [True] * 4


def test_edited_messages_do_not_count(shop: Shop, customer: Person) -> None:
    message_id = customer.say("/help")
    customer.expect()
    for number in range(20):
        customer.edit(message_id, f"/help {number}")
    assert customer.ask("/help").startswith("/start")


def test_what_was_written_slowly_while_the_bot_was_away_is_no_flood(shop: Shop, customer: Person, now: int) -> None:
    shop.bot.end(signal.SIGTERM)
    written = [now - 3600 + number * PERIOD // MOST for number in range(30)]
    shop.emulator.send_updates(*(message(customer, sent_at) for sent_at in written))
    shop.bot.start()
    shop.bot.wait_until_ready()
    shop.wait_until_idle()
    assert [answer.startswith("/start") for answer in customer.answers(wait=20)] == [True] * len(written)


def test_an_update_that_failed_and_is_replayed_is_served_though_its_sender_floods(
    shop: Shop, customer: Person, now: int
) -> None:
    flood(shop, customer, now)
    old = message(customer, now - 10 * PERIOD)
    shop.emulator.send_updates(old)
    assert customer.answer().startswith("/start")
    assert flood(shop, customer, now, 3) == []
