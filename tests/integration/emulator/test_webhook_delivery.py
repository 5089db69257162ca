from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from emulator.client import Person
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.http_calls import BotApi, File, Json, multipart
from tests.integration.emulator.receiver import PATH, Receiver
from tests.waiting import wait_for


@pytest.fixture
def ada(telegram: EmulatorProcess) -> Person:
    return telegram.client.person(1, "Ada")


@pytest.fixture
def people(telegram: EmulatorProcess, ada: Person) -> list[Person]:
    return [ada, *(telegram.client.person(number, f"Person {number}") for number in range(2, 6))]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With its key; signed by itself."""
    key, certificate = (tmp_path_factory.mktemp("tls") / name for name in ("key.pem", "certificate.pem"))
    options = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(["openssl", *options.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    certificate.write_text(certificate.read_text() + key.read_text())
    return certificate


def wait_until_taken(bot: BotApi) -> None:
    wait_for(lambda: bot.result("getWebhookInfo")["pending_update_count"] == 0, "all updates are taken")


def wait_for_error(bot: BotApi) -> str:
    return str(wait_for(lambda: bot.result("getWebhookInfo").get("last_error_message"), "an error"))


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
        assert [set(received.update) - {"update_id"} for received in server.received] == [
            {"message"},
            {"callback_query"},
        ]
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


def test_a_pause_that_is_asked_for_is_made(bot: BotApi, ada: Person) -> None:
    with Receiver({"status": 429, "headers": {"Retry-After": "1"}}) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("one")
        server.wait_for(2)
        wait_until_taken(bot)
    assert server.texts == ["one", "one"]


def test_a_press_that_would_come_too_late_is_given_up(telegram: EmulatorProcess, bot: BotApi, ada: Person) -> None:
    with Receiver({"status": 503, "headers": {"Retry-After": "3600"}}) as server:
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


def answers(parameters: Json) -> list[Any]:
    body, content_type = multipart({name: str(value) for name, value in parameters.items()})
    as_form = {"Content-Type": content_type}
    plain = "&".join(f"{name}={value}" for name, value in parameters.items())
    return [
        pytest.param({"text": json.dumps(parameters), "content_type": "application/json"}, id="JSON"),
        pytest.param({"text": plain, "content_type": "application/x-www-form-urlencoded"}, id="urlencoded"),
        pytest.param({"body": body, "headers": as_form}, id="multipart"),
    ]


@pytest.mark.parametrize("answer", answers({"method": "SENDmessage", "chat_id": 1, "text": "Welcome"}))
def test_a_method_in_the_answer_is_executed(bot: BotApi, ada: Person, answer: Json) -> None:
    with Receiver(answer) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("Hello")
        assert ada.answer() == "Welcome"
        wait_until_taken(bot)


@pytest.mark.parametrize(
    "body",
    [
        '{"method": "deleteWebhook"}',
        '{"method": "getMe"}',
        '{"method": "sendMessage"}',
        '{"method": ["a"]}',
        "{",
        "7",
        '"ok"',
    ],
)
def test_an_answer_without_a_method_that_can_be_executed_is_passed_over(
    telegram: EmulatorProcess, bot: BotApi, ada: Person, body: str
) -> None:
    with Receiver({"text": body, "content_type": "application/json"}) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("Hello")
        server.wait_for(1)
        wait_until_taken(bot)
    assert bot.result("getWebhookInfo")["url"] == server.url
    assert not [call for call in telegram.client.calls() if call["status"] == 200 and call["method"] == "getMe"]


def test_a_certificate_that_was_uploaded_is_trusted(bot: BotApi, ada: Person, certificate: Path) -> None:
    with Receiver(certificate=certificate) as server:
        public = File(certificate.read_bytes().partition(b"-----BEGIN PRIVATE")[0], "certificate.pem")
        assert bot.upload("setWebhook", url=server.url, certificate=public).json["result"] is True
        ada.say("Hello")
        server.wait_for(1)
        wait_until_taken(bot)
    assert bot.result("getWebhookInfo")["has_custom_certificate"] is True


def test_a_certificate_that_nobody_knows_is_not_trusted(bot: BotApi, ada: Person, certificate: Path) -> None:
    with Receiver(certificate=certificate) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("Hello")
        error = wait_for_error(bot)
        bot.result("deleteWebhook")
    assert error.startswith("SSL error {")
    assert "certificate verify failed" in error
    assert server.received == []


def test_what_is_in_flight_stays_when_the_webhook_is_deleted(bot: BotApi, ada: Person) -> None:
    with Receiver(held=True) as server:
        bot.result("setWebhook", url=server.url)
        ada.say("Hello")
        server.wait_for(1)
        bot.result("deleteWebhook")
        [update] = bot.result("getUpdates")
    assert update == server.received[0].update
