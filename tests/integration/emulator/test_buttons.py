from __future__ import annotations

import pytest

from emulator.client import Person
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.http_calls import BotApi, Json

BUTTON = {"inline_keyboard": [[{"text": "Press", "callback_data": "data"}]]}


@pytest.fixture
def query(bot: BotApi, telegram: EmulatorProcess, guest: Person) -> Json:
    """The update's content; the press is made anew for every test."""
    message = bot.result("sendMessage", chat_id=1, text="x", reply_markup=BUTTON)
    telegram.client.post("/control/presses", {"person_id": 1, "message_id": message["message_id"], "data": "data"})
    content: Json = bot.newest_update("callback_query")
    return content


def test_a_press_tells_who_what_and_where(query: Json) -> None:
    assert query["from"] == {"id": 1, "is_bot": False, "first_name": "Ada"}
    assert query["data"] == "data"
    assert query["message"]["reply_markup"] == BUTTON
    assert isinstance(query["chat_instance"], str)
    assert list(query) == ["id", "from", "message", "chat_instance", "data"]


@pytest.mark.parametrize("text", ["", "é" * 200])
def test_an_answer_is_shown(bot: BotApi, telegram: EmulatorProcess, query: Json, text: str) -> None:
    assert bot.result("answerCallbackQuery", callback_query_id=query["id"], text=text, show_alert=True) is True
    answer = telegram.client.get(f"/control/presses/{query['id']}")["answer"]
    assert (answer["text"], answer["show_alert"]) == (text, True)


def test_an_answer_of_201_characters_is_refused(bot: BotApi, query: Json) -> None:
    reply = bot.call("answerCallbackQuery", callback_query_id=query["id"], text="x" * 201)
    assert reply.json["description"] == "Bad Request: MESSAGE_TOO_LONG"


def test_a_press_can_be_answered_again(bot: BotApi, telegram: EmulatorProcess, query: Json) -> None:
    for text in ("first", "second"):
        assert bot.result("answerCallbackQuery", callback_query_id=query["id"], text=text) is True
    assert telegram.client.get(f"/control/presses/{query['id']}")["answer"]["text"] == "second"


def test_a_forged_press_refers_to_a_message_that_cannot_be_seen(
    bot: BotApi, telegram: EmulatorProcess, guest: Person
) -> None:
    telegram.client.post("/control/presses", {"person_id": 1, "message_id": 77, "data": "x", "forged": True})
    assert bot.newest_update("callback_query")["message"] == {
        "message_id": 77,
        "chat": {"id": 1, "first_name": "Ada", "type": "private"},
        "date": 0,
    }
