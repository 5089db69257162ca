from __future__ import annotations

import pytest

from emulator.client import Person
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.http_calls import BotApi
from tests.integration.emulator.receiver import PATH, Receiver, wait_for_error, wait_until_taken
from tests.waiting import wait_for


@pytest.mark.parametrize("status", [500, 404, 302, 410])
def test_what_is_not_taken_comes_again_at_once(
    telegram: EmulatorProcess, bot: BotApi, ada: Person, status: int
) -> None:
    with Receiver({"status": status, "reason": "Why"}) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("one")
        first, second = server.wait_for(2)
        wait_until_taken(bot)
    assert first.update == second.update
    assert wait_for_error(bot) == f"Wrong response from the webhook: {status} Why"
    assert telegram.client.counts()["redelivered"] == 1


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_2xx_takes_the_update(bot: BotApi, ada: Person, status: int) -> None:
    with Receiver({"status": status}) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("one")
        wait_until_taken(bot)
    assert len(server.received) == 1


def test_what_fails_holds_back_its_own_chat_alone(bot: BotApi, people: list[Person]) -> None:
    with Receiver({"status": 503, "headers": {"Retry-After": "3600"}}) as server:
        bot.result("setWebhook", url=server.url)
        people[0].say("one")
        server.wait_for(1)
        people[0].say("two")
        people[1].say("other")
        server.wait_for(2)
        wait_for(lambda: bot.result("getWebhookInfo")["pending_update_count"] == 2, "the other chat's update is taken")
    assert server.texts == ["one", "other"]


def test_what_fails_again_and_again_comes_in_the_end(bot: BotApi, ada: Person) -> None:
    with Receiver({"status": 500}, {"status": 500}) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("one")
        ada.say("two")
        server.wait_for(4)
        wait_until_taken(bot)
    assert server.texts == ["one", "one", "one", "two"]


@pytest.mark.parametrize("pause", ["1", "soon", "-5", "0"])
def test_a_pause_that_is_asked_for_ends(bot: BotApi, ada: Person, pause: str) -> None:
    with Receiver({"status": 429, "headers": {"Retry-After": pause}}) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("one")
        server.wait_for(2)
        wait_until_taken(bot)
    assert server.texts == ["one", "one"]


@pytest.mark.parametrize("pause", ["3600", "9" * 5000])
def test_a_press_that_would_come_too_late_is_given_up(
    telegram: EmulatorProcess, bot: BotApi, ada: Person, pause: str
) -> None:
    with Receiver({"status": 503, "headers": {"Retry-After": pause}}) as server:
        bot.result("setWebhook", url=server.url)
        for data in ("first", "second"):
            telegram.client.post("/control/presses", {"person_id": 1, "message_id": 1, "data": data, "forged": True})
        server.wait_for(2)
        wait_until_taken(bot)
    assert [received.update["callback_query"]["data"] for received in server.received] == ["first", "second"]
    assert telegram.client.counts()["expired"] == 1


def test_redirects_are_not_followed(bot: BotApi, ada: Person) -> None:
    with Receiver({"status": 307, "headers": {"Location": "/elsewhere"}}) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("one")
        server.wait_for(2)
    assert {received.path for received in server.received} == {PATH}


def test_a_server_that_was_down_gets_everything_when_it_is_back(bot: BotApi, ada: Person) -> None:
    server = Receiver()
    bot.result("setWebhook", url=server.url)
    ada.say("one")
    assert wait_for_error(bot) == "Connection refused"
    assert bot.result("getWebhookInfo")["last_error_date"] > 0
    ada.say("two")
    with server:
        server.wait_for(2)
        wait_until_taken(bot)
    assert server.texts == ["one", "two"]
