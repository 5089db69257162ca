from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from emulator.client import Person
from tests.integration.bot.processes import TOKEN, EmulatorProcess
from tests.integration.emulator.http_calls import BotApi, Json, Reply
from tests.waiting import wait_for

TERMINATED = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@pytest.fixture
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as threads:
        yield threads


def numbers(bot: BotApi, **parameters: Any) -> list[int]:
    return [update["update_id"] for update in bot.result("getUpdates", **parameters)]


def sent(telegram: EmulatorProcess, count: int) -> list[int]:
    """Updates that nobody has seen yet."""
    return telegram.client.send_updates(*({"message": {}} for _ in range(count)))


def begun(telegram: EmulatorProcess, bot: BotApi, elsewhere: ThreadPoolExecutor, **parameters: Any) -> Future[Reply]:
    """A call that waits for updates."""
    waiting = elsewhere.submit(bot.call, "getUpdates", **({"timeout": 50} | parameters))
    wait_for(lambda: telegram.client.status()["poll_is_waiting"], "somebody waits for updates")
    return waiting


def test_updates_come_again_until_they_are_confirmed(telegram: EmulatorProcess, bot: BotApi) -> None:
    first, second, third = sent(telegram, 3)
    assert numbers(bot) == [first, second, third]
    assert numbers(bot, offset=second) == [second, third]
    assert numbers(bot, offset=1) == [second, third]
    assert numbers(bot, offset=third + 1) == []
    assert telegram.client.counts()["confirmed"] == 3
    assert telegram.client.counts()["redelivered"] == 4


def test_an_update_holds_its_number_and_what_happened(bot: BotApi, ada: Person) -> None:
    ada.say("/start")
    [update] = bot.result("getUpdates")
    assert list(update) == ["update_id", "message"]
    assert update["message"]["entities"] == [{"offset": 0, "length": 6, "type": "bot_command"}]


def test_numbers_go_on_after_everything_was_forgotten(telegram: EmulatorProcess) -> None:
    [before] = sent(telegram, 1)
    telegram.client.reset()
    assert sent(telegram, 1) == [before + 1]


@pytest.mark.parametrize(
    ("limit", "count"),
    [(2, 2), (0, 1), (-7, 1), (100, 100), (101, 100), ("3x", 3), ("many", 1), ("", 100), (None, 1), (10**12, 100)],
)
def test_the_limit_is_brought_into_its_range(telegram: EmulatorProcess, bot: BotApi, limit: Any, count: int) -> None:
    waiting = sent(telegram, 120)
    assert numbers(bot, limit=limit) == waiting[:count]


@pytest.mark.parametrize(("offset", "kept"), [(-1, 1), (-2, 2), (-3, 3), (-100, 3)])
def test_a_negative_offset_keeps_the_last_ones(telegram: EmulatorProcess, bot: BotApi, offset: int, kept: int) -> None:
    waiting = sent(telegram, 3)
    assert numbers(bot, offset=offset) == waiting[-kept:]
    assert numbers(bot, offset=1) == waiting[-kept:]


@pytest.mark.parametrize(("beyond", "left"), [(1, 0), (11, 0), (12, 2), (100_000, 2)])
def test_an_offset_far_in_the_future_confirms_nothing(
    telegram: EmulatorProcess, bot: BotApi, beyond: int, left: int
) -> None:
    waiting = sent(telegram, 2)
    assert len(numbers(bot, offset=waiting[-1] + beyond)) == left
    assert len(numbers(bot, offset=1)) == left


@pytest.mark.parametrize("offset", ["", "abc", None, 0, "0"])
def test_what_is_no_offset_confirms_nothing(telegram: EmulatorProcess, bot: BotApi, offset: Any) -> None:
    waiting = sent(telegram, 2)
    assert numbers(bot, offset=offset) == waiting


def test_a_call_waits_for_the_next_update(
    telegram: EmulatorProcess, bot: BotApi, ada: Person, elsewhere: ThreadPoolExecutor
) -> None:
    waiting = begun(telegram, bot, elsewhere)
    ada.say("/start")
    assert waiting.result().json["result"][0]["message"]["text"] == "/start"


def test_a_call_goes_on_waiting_when_everything_is_forgotten(
    telegram: EmulatorProcess, bot: BotApi, elsewhere: ThreadPoolExecutor
) -> None:
    waiting = begun(telegram, bot, elsewhere)
    telegram.client.reset()
    telegram.client.person(2, "Boris").say("Here I am")
    assert waiting.result().json["result"][0]["message"]["text"] == "Here I am"


@pytest.mark.parametrize("timeout", [0, -5, "abc", ""])
def test_without_a_timeout_nothing_is_waited_for(bot: BotApi, timeout: Any) -> None:
    assert bot.result("getUpdates", timeout=timeout) == []


def test_the_one_that_waits_loses_to_another_that_begins_to_wait(
    telegram: EmulatorProcess, bot: BotApi, ada: Person, elsewhere: ThreadPoolExecutor
) -> None:
    older = begun(telegram, bot, elsewhere)
    newer = elsewhere.submit(bot.result, "getUpdates", offset=1, timeout=50)
    assert older.result().json == {"ok": False, "error_code": 409, "description": TERMINATED}
    ada.say("/start")
    assert len(newer.result()) == 1


def test_the_one_that_waits_is_left_alone_by_one_that_does_not(
    telegram: EmulatorProcess, bot: BotApi, ada: Person, elsewhere: ThreadPoolExecutor
) -> None:
    waiting = begun(telegram, bot, elsewhere)
    assert bot.result("getUpdates", offset=1) == []
    ada.say("/start")
    assert waiting.result().json["ok"]


def test_a_webhook_ends_the_waiting(telegram: EmulatorProcess, bot: BotApi, elsewhere: ThreadPoolExecutor) -> None:
    waiting = begun(telegram, bot, elsewhere)
    assert bot.result("setWebhook", url=telegram.url)
    assert waiting.result().json["description"] == "Conflict: terminated by setWebhook request"
    assert waiting.result().status == 409


def test_a_call_that_was_broken_off_takes_no_update_along(telegram: EmulatorProcess, bot: BotApi) -> None:
    address = urlsplit(telegram.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(f"GET /bot{TOKEN}/getUpdates?timeout=50 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_for(lambda: telegram.client.status()["poll_is_waiting"], "the call waits")
    wait_for(lambda: not telegram.client.status()["poll_is_waiting"], "the call has ended")
    expected = sent(telegram, 1)
    assert numbers(bot) == expected
    assert telegram.client.counts()["redelivered"] == 0


def test_with_a_webhook_nothing_is_handed_out(telegram: EmulatorProcess, bot: BotApi) -> None:
    bot.result("setWebhook", url=telegram.url)
    assert bot.call("getUpdates").json["description"] == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    bot.result("deleteWebhook")
    assert bot.result("getUpdates") == []


def kinds(updates: list[Json]) -> list[str]:
    return [name for update in updates for name in update if name != "update_id"]


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (["message"], ["message"]),
        (["MESSAGE", "unheard_of"], ["message"]),
        (["edited_message"], ["edited_message"]),
        ([], ["message", "edited_message"]),
        (["unheard_of"], ["message", "edited_message"]),
        ('["message"]', ["message"]),
    ],
)
def test_the_bot_gets_the_kinds_of_updates_it_wants(
    bot: BotApi, ada: Person, allowed: Any, expected: list[str]
) -> None:
    assert bot.result("getUpdates", allowed_updates=allowed) == []
    ada.edit(ada.say("one"), "two")
    assert kinds(bot.result("getUpdates", offset=1)) == expected


@pytest.mark.parametrize(
    "given",
    [{}, {"allowed_updates": ""}, {"allowed_updates": "["}, {"allowed_updates": [1]}, {"allowed_updates": None}],
)
def test_what_the_bot_wants_stays_until_it_says_otherwise(bot: BotApi, ada: Person, given: Json) -> None:
    bot.result("getUpdates", allowed_updates=["edited_message"])
    bot.result("getUpdates", offset=1, **given)
    ada.say("one")
    assert bot.result("getUpdates", offset=2) == []
    assert bot.result("getWebhookInfo")["allowed_updates"] == ["edited_message"]


def test_what_arrived_before_comes_whatever_is_wanted_later(bot: BotApi, ada: Person) -> None:
    ada.say("one")
    assert kinds(bot.result("getUpdates", allowed_updates=["callback_query"])) == ["message"]
