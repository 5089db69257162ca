from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from emulator.client import Emulator, Person, Refused
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.http_calls import BotApi
from tests.waiting import wait_for


@pytest.fixture
def emulator(telegram: EmulatorProcess) -> Emulator:
    return telegram.client


@pytest.fixture
def ada(emulator: Emulator) -> Person:
    """She has begun, so the bot may write."""
    person = emulator.person(1, "Ada")
    person.say("/start")
    return person


def say(bot: BotApi, text: str = "x") -> dict[str, Any]:
    return bot.call("sendMessage", chat_id=1, text=text).json


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, "Bad Request"),
        (401, "Unauthorized"),
        (403, "Forbidden: bot was blocked by the user"),
        (404, "Not Found"),
        (500, "Internal Server Error"),
        (503, "Error 503"),
    ],
)
def test_a_status_comes_with_telegrams_words(emulator: Emulator, bot: BotApi, status: int, body: str) -> None:
    emulator.fail("getMe", status)
    reply = bot.call("getMe")
    assert reply.status == status
    assert reply.json == {"ok": False, "error_code": status, "description": body}


def test_a_status_may_come_with_words_of_ones_own(emulator: Emulator, bot: BotApi) -> None:
    emulator.fail("getMe", 400, description="Bad Request: no")
    assert bot.call("getMe").json["description"] == "Bad Request: no"


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_answers_with_a_page(emulator: Emulator, bot: BotApi, status: int) -> None:
    emulator.fail("getMe", status)
    reply = bot.call("getMe")
    assert (reply.status, reply.headers.get_content_type()) == (status, "text/html")
    assert reply.body.startswith(b"<html>")


def test_too_many_requests_say_when_to_come_again(emulator: Emulator, bot: BotApi) -> None:
    emulator.fault(method="getMe", retry_after=7)
    reply = bot.call("getMe")
    assert (reply.status, reply.headers["Retry-After"]) == (429, "7")
    assert reply.json["parameters"] == {"retry_after": 7}


def test_a_connection_is_reset(emulator: Emulator, bot: BotApi) -> None:
    emulator.fault(kind="reset")
    with pytest.raises(ConnectionResetError):
        bot.call("getMe")


def test_an_answer_is_cut_off(emulator: Emulator, bot: BotApi) -> None:
    emulator.fault(kind="cut_off")
    with pytest.raises(http.client.IncompleteRead) as caught:
        bot.call("getMe")
    assert caught.value.partial == b'{"ok": tr'


def test_an_answer_is_garbage(emulator: Emulator, bot: BotApi) -> None:
    emulator.fault(kind="garbage")
    reply = bot.call("getMe")
    assert reply.status == 200
    with pytest.raises(ValueError, match="decode"):
        json.loads(reply.body)


def test_a_delayed_answer_comes_in_the_end(emulator: Emulator, bot: BotApi) -> None:
    """The delay is longer than anything here takes, so what comes meanwhile overtakes it."""
    emulator.fault(method="getMe", kind="delay", seconds=1)
    with ThreadPoolExecutor(1) as elsewhere:
        delayed = elsewhere.submit(bot.call, "getMe")
        wait_for(lambda: emulator.calls("getMe"), "the delayed call")
        assert bot.call("getMe").json["ok"]
        assert [call["status"] for call in emulator.calls("getMe")] == [0, 200]
        assert delayed.result().json["ok"]


def test_a_delay_and_a_failure_befall_one_call(emulator: Emulator, bot: BotApi) -> None:
    emulator.fault(kind="delay", seconds=0.01)
    emulator.fail("*", 500)
    assert bot.call("getMe").status == 500
    assert emulator.get("/control/faults")["faults"] == []


def test_a_fault_strikes_its_method_as_often_as_it_should(emulator: Emulator, bot: BotApi) -> None:
    emulator.fail("SENDmessage", 500, times=2)
    assert bot.call("getMe").json["ok"]
    assert [bot.call("sendmessage").status for _ in range(3)] == [500, 500, 400]


def test_a_fault_of_all_methods_strikes_all_methods(emulator: Emulator, bot: BotApi) -> None:
    emulator.fail("*", 500, times=None)
    statuses = {bot.call(method).status for method in ("getMe", "getUpdates", "sendMessage", "getMe")}
    assert statuses == {500}


def test_a_fault_strikes_by_chance(emulator: Emulator, bot: BotApi) -> None:
    """Neither never nor always: 200 calls make either as unlikely as anything can be."""
    emulator.fail("getMe", 500, times=None, share=0.5)
    statuses = [bot.call("getMe").status for _ in range(200)]
    [fault] = emulator.get("/control/faults")["faults"]
    assert 0 < statuses.count(500) < 200
    assert fault["struck"] == statuses.count(500)


def test_faults_are_removed_one_by_one_and_all_at_once(emulator: Emulator, bot: BotApi) -> None:
    first, *_ = (emulator.fail("getMe", status, times=None) for status in (500, 400, 404))
    assert bot.call("getMe").status == 500
    assert emulator.request("DELETE", f"/control/faults/{first}") == {"removed": True}
    assert emulator.request("DELETE", f"/control/faults/{first}") == {"removed": False}
    assert bot.call("getMe").status == 400
    emulator.stop_failing()
    assert bot.call("getMe").status == 200


@pytest.mark.parametrize("kind", ["status", "garbage", "reset", "cut_off"])
def test_a_call_whose_answer_is_lost_has_been_executed(emulator: Emulator, bot: BotApi, ada: Person, kind: str) -> None:
    emulator.fault(method="sendMessage", kind=kind, executed=True)
    with ThreadPoolExecutor(1) as elsewhere:
        lost = elsewhere.submit(say, bot, "There")
        assert ada.answer() == "There"
        assert lost.exception() or not lost.result()["ok"]


@pytest.mark.parametrize("kind", ["status", "garbage", "reset", "cut_off"])
def test_a_call_that_fails_is_not_executed(emulator: Emulator, bot: BotApi, ada: Person, kind: str) -> None:
    emulator.fault(method="sendMessage", kind=kind)
    with ThreadPoolExecutor(1) as elsewhere:
        lost = elsewhere.submit(say, bot, "Lost")
        assert lost.exception() or not lost.result()["ok"]
    assert say(bot, "There")["ok"]
    assert ada.answers() == ["There"]


@pytest.fixture
def waiting_poll(emulator: Emulator, bot: BotApi) -> Iterator[Any]:
    with ThreadPoolExecutor(1) as elsewhere:
        poll = elsewhere.submit(bot.call, "getUpdates", timeout=50)
        wait_for(lambda: emulator.counts()["receiving"] == "polling", "somebody waits for updates")
        yield poll


def test_a_fault_befalls_whoever_waits_for_updates(emulator: Emulator, bot: BotApi, waiting_poll: Any) -> None:
    emulator.fail("getUpdates", 500)
    emulator.person(1, "Ada").say("/start")
    assert waiting_poll.result().status == 500
    assert len(bot.result("getUpdates", offset=1)) == 1


def test_another_methods_fault_does_not_befall_who_waits(emulator: Emulator, waiting_poll: Any) -> None:
    emulator.fail("sendMessage", 500)
    emulator.person(1, "Ada").say("/start")
    assert waiting_poll.result().json["ok"]


def counted(emulator: Emulator, *names: str) -> list[int]:
    counts = emulator.counts()
    return [counts[name] for name in names]


def test_failures_are_counted_and_so_is_what_is_made_again(emulator: Emulator, bot: BotApi, ada: Person) -> None:
    emulator.fail("sendMessage", 500, times=2)
    for text in ("one", "two", "one", "three", "one"):
        say(bot, text)
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


def test_updates_are_counted_from_sending_to_confirming(emulator: Emulator, bot: BotApi, ada: Person) -> None:
    ada.say("again")
    updates = bot.result("getUpdates")
    bot.result("getUpdates", offset=updates[1]["update_id"])
    assert counted(emulator, "sent", "waiting", "confirmed", "redelivered", "expired") == [2, 1, 1, 1, 0]


def test_a_chat_takes_a_burst_and_then_one_message_a_second(emulator: Emulator, bot: BotApi, ada: Person) -> None:
    emulator.enforce_rate_limits()
    replies = [bot.call("sendMessage", chat_id=1, text="x") for _ in range(20)]
    refused = [reply for reply in replies if reply.status == 429]
    assert [reply.status for reply in replies[:3]] == [200] * 3
    assert refused[0].json["description"] == "Too Many Requests: retry after 1"
    assert refused[0].headers["Retry-After"] == "1"
    assert counted(emulator, "failed", "messages") == [len(refused), 20 - len(refused)]
    emulator.enforce_rate_limits(False)
    assert say(bot)["ok"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "earthquake"},
        {"status": 200},
        {"status": 600},
        {"times": 0},
        {"share": 0},
        {"share": 1.1},
        {"seconds": -1},
        {"retry_after": -1},
        {"unknown": 1},
    ],
)
def test_a_fault_that_cannot_be_is_refused(emulator: Emulator, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=next(iter(wrong))):
        emulator.fault(**wrong)
