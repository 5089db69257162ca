"""Methods that the bot's server calls by answering a delivery."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.client import Person
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.http_calls import BotApi, Json, multipart
from tests.integration.emulator.receiver import Receiver, wait_until_taken


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
