"""What the emulator counts, and what it refuses to a bot that is too fast."""

from __future__ import annotations

from emulator.client import Emulator, Person
from tests.integration.emulator.http_calls import BotApi


def counted(emulator: Emulator, *names: str) -> list[int]:
    counts = emulator.counts()
    return [counts[name] for name in names]


def test_failures_are_counted_and_so_is_what_is_made_again(emulator: Emulator, bot: BotApi, guest: Person) -> None:
    emulator.fail("sendMessage", 500, times=2)
    for text in ("one", "two", "one", "three", "one"):
        bot.call("sendMessage", chat_id=1, text=text)
    assert counted(emulator, "calls", "failed", "retried", "messages") == [5, 2, 1, 3]


def test_what_telegram_refuses_is_no_failure(emulator: Emulator, bot: BotApi) -> None:
    assert not bot.call("sendMessage").json["ok"]
    assert not bot.call("sendMessage").json["ok"]
    assert counted(emulator, "calls", "failed", "retried") == [2, 0, 0]


def test_asking_for_updates_is_not_counted_as_a_call(emulator: Emulator, bot: BotApi) -> None:
    emulator.fail("getUpdates", 500)
    assert bot.call("getUpdates").status == 500
    assert bot.call("getUpdates").status == 200
    assert counted(emulator, "calls", "failed", "retried") == [0, 0, 0]


def test_updates_are_counted_from_sending_to_confirming(emulator: Emulator, bot: BotApi, guest: Person) -> None:
    guest.say("again")
    updates = bot.result("getUpdates")
    bot.result("getUpdates", offset=updates[1]["update_id"])
    assert counted(emulator, "sent", "waiting", "confirmed", "redelivered", "expired") == [2, 1, 1, 1, 0]


def test_a_chat_takes_a_burst_and_then_one_message_a_second(emulator: Emulator, bot: BotApi, guest: Person) -> None:
    emulator.enforce_rate_limits()
    replies = [bot.call("sendMessage", chat_id=1, text="x") for _ in range(20)]
    refused = [reply for reply in replies if reply.status == 429]
    assert [reply.status for reply in replies[:3]] == [200] * 3
    assert refused[0].json["description"] == "Too Many Requests: retry after 1"
    assert refused[0].headers["Retry-After"] == "1"
    assert counted(emulator, "failed", "messages") == [len(refused), 20 - len(refused)]
    emulator.enforce_rate_limits(False)
    assert bot.call("sendMessage", chat_id=1, text="x").json["ok"]


def test_the_limits_are_those_that_were_asked_for(emulator: Emulator, bot: BotApi, guest: Person) -> None:
    emulator.enforce_rate_limits(messages_per_second=2, messages_per_chat_second=1000)
    replies = [bot.call("sendMessage", chat_id=1, text="x").status for _ in range(3)]
    assert replies == [200, 200, 429]
    emulator.reset()
    assert emulator.status()["settings"]["messages_per_second"] == 30
