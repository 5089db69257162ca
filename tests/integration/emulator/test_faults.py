from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from emulator.client import Emulator, Person, Refused
from tests.integration.emulator.http_calls import BotApi, path
from tests.waiting import wait_for


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
    emulator.fail("getMe", 429, retry_after=7)
    reply = bot.call("getMe")
    assert (reply.status, reply.headers["Retry-After"]) == (429, "7")
    assert reply.json["parameters"] == {"retry_after": 7}


def test_too_many_requests_always_say_when_to_come_again(emulator: Emulator, bot: BotApi) -> None:
    emulator.fail("getMe", 429)
    assert bot.call("getMe").json["parameters"] == {"retry_after": 1}
    with pytest.raises(Refused, match="retry_after belongs to a status of 429"):
        emulator.fail("getMe", 500, retry_after=7)


def test_an_answer_that_comes_too_late_for_the_bot_does_not_undo_the_call(
    emulator: Emulator, bot: BotApi, ada: Person
) -> None:
    ada.say("Hello")
    emulator.fault(method="sendMessage", kind="delay", seconds=2, executed=True)
    with pytest.raises(TimeoutError):
        bot.call_briefly("sendMessage", chat_id=ada.id, text="Welcome")
    assert ada.answers(wait=0) == ["Welcome"]


def test_a_call_goes_on_when_the_bot_no_longer_waits(emulator: Emulator, bot: BotApi, ada: Person) -> None:
    ada.say("Hello")
    emulator.fault(method="sendMessage", kind="delay", seconds=1)
    with pytest.raises(TimeoutError):
        bot.call_briefly("sendMessage", chat_id=ada.id, text="Welcome")
    assert ada.answer() == "Welcome"
    wait_for(lambda: emulator.calls("sendMessage")[0]["status"] == 499, "nobody got the answer")
    bot.result("sendMessage", chat_id=ada.id, text="Welcome")
    assert (emulator.counts()["failed"], emulator.counts()["retried"]) == (1, 1)


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
    emulator.fault(kind="delay", seconds=0.01)
    assert bot.call("getMe").json["ok"]


def test_a_delay_does_not_hold_up_other_calls(emulator: Emulator, bot: BotApi) -> None:
    emulator.fault(method="getMe", kind="delay", seconds=600)
    delayed = http.client.HTTPConnection(emulator.url.removeprefix("http://"))
    delayed.request("POST", path("getMe"))
    wait_for(lambda: emulator.calls("getMe"), "the delayed call")
    assert bot.call("getMe").json["ok"]
    assert [call["status"] for call in emulator.calls("getMe")] == [0, 200]
    delayed.close()


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
def test_a_call_whose_answer_is_lost_has_been_executed(
    emulator: Emulator, bot: BotApi, guest: Person, kind: str
) -> None:
    emulator.fault(method="sendMessage", kind=kind, executed=True)
    with ThreadPoolExecutor(1) as elsewhere:
        lost = elsewhere.submit(say, bot, "There")
        assert guest.answer() == "There"
        assert lost.exception() or not lost.result()["ok"]


@pytest.mark.parametrize("kind", ["status", "garbage", "reset", "cut_off"])
def test_a_call_that_fails_is_not_executed(emulator: Emulator, bot: BotApi, guest: Person, kind: str) -> None:
    emulator.fault(method="sendMessage", kind=kind)
    with ThreadPoolExecutor(1) as elsewhere:
        lost = elsewhere.submit(say, bot, "Lost")
        assert lost.exception() or not lost.result()["ok"]
    assert say(bot, "There")["ok"]
    assert guest.answers() == ["There"]


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


def test_a_fault_that_was_there_before_strikes_a_call_once(emulator: Emulator, bot: BotApi) -> None:
    emulator.fault(method="getUpdates", kind="delay", times=None)
    assert bot.call("getUpdates").json["ok"]
    [fault] = emulator.get("/control/faults")["faults"]
    assert fault["struck"] == 1


def test_another_methods_fault_does_not_befall_who_waits(emulator: Emulator, waiting_poll: Any) -> None:
    emulator.fail("sendMessage", 500)
    emulator.person(1, "Ada").say("/start")
    assert waiting_poll.result().json["ok"]


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
