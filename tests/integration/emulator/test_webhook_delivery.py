from __future__ import annotations

import base64

from emulator.client import Person
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.http_calls import BotApi
from tests.integration.emulator.receiver import PATH, Receiver, wait_until_taken
from tests.waiting import wait_for


def test_a_delivery_is_one_update_with_the_secret(bot: BotApi, ada: Person) -> None:
    with Receiver() as server:
        bot.result("setWebhook", url=server.url + "?a=b", secret_token="s-3_cret")
        ada.say("Hello")
        [received] = server.wait_for(1)
        wait_until_taken(bot)
    assert received.path == f"{PATH}?a=b"
    assert received.headers["X-Telegram-Bot-Api-Secret-Token"] == "s-3_cret"
    assert received.headers["Content-Type"] == "application/json"
    assert received.headers["Host"] == "127.0.0.1"
    assert "User-Agent" not in received.headers
    assert list(received.update) == ["update_id", "message"]


def test_without_a_secret_there_is_no_header(bot: BotApi, ada: Person) -> None:
    with Receiver() as server:
        bot.result("setWebhook", url=server.url.replace("127.", "user:pass@127."))
        ada.say("Hello")
        [received] = server.wait_for(1)
    assert "X-Telegram-Bot-Api-Secret-Token" not in received.headers
    assert received.headers["Authorization"] == f"Basic {base64.b64encode(b'user:pass').decode()}"


def test_what_waits_already_is_delivered_too(bot: BotApi, ada: Person) -> None:
    ada.say("one")
    with Receiver() as server:
        bot.result("setWebhook", url=server.url)
        ada.say("two")
        server.wait_for(2)
        wait_until_taken(bot)
    assert server.texts == ["one", "two"]


def test_chats_are_served_at_once_and_each_in_order(bot: BotApi, people: list[Person]) -> None:
    with Receiver(held=True) as server:
        bot.result("setWebhook", url=server.url)
        for number in range(5):
            for person in people:
                person.say(f"{person.id}: {number}")
        wait_for(lambda: server.in_flight == len(people), "one delivery of each chat")
        assert sorted(server.texts) == [f"{person.id}: 0" for person in people]
        server.release()
        server.wait_for(25)
        wait_until_taken(bot)
    for person in people:
        assert [text for text in server.texts if text.startswith(f"{person.id}:")] == [
            f"{person.id}: {number}" for number in range(5)
        ]


def test_presses_do_not_wait_for_messages(telegram: EmulatorProcess, bot: BotApi, ada: Person) -> None:
    with Receiver(held=True) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("one")
        ada.say("two")
        for data in ("first", "second"):
            telegram.client.post("/control/presses", {"person_id": 1, "message_id": 1, "data": data, "forged": True})
        wait_for(lambda: server.in_flight == 2, "a message and a press")
        kinds = {kind for received in server.received for kind in received.update}
        assert kinds == {"update_id", "message", "callback_query"}
        server.release()
        server.wait_for(4)


def test_there_are_never_more_connections_than_allowed(bot: BotApi, people: list[Person]) -> None:
    with Receiver(held=True) as server:
        bot.result("setWebhook", url=server.url, max_connections=2)
        for person in people:
            person.say("Hello")
        wait_for(lambda: server.in_flight == 2, "two deliveries")
        server.release()
        server.wait_for(5)
        wait_until_taken(bot)
    assert server.most_in_flight == 2


def test_what_is_in_flight_stays_when_the_webhook_is_deleted(bot: BotApi, ada: Person) -> None:
    with Receiver(held=True) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("Hello")
        server.wait_for(1)
        bot.result("deleteWebhook")
        [update] = bot.result("getUpdates")
    assert update == server.received[0].update
