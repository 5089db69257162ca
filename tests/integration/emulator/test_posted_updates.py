"""Updates that were made, or recorded, elsewhere."""

from __future__ import annotations

import pytest

from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.http_calls import BotApi, Json
from tests.integration.emulator.receiver import Receiver, wait_until_taken

ADA = {"id": 71, "is_bot": False, "first_name": "Ada"}
PRIVATE = {"id": 71, "type": "private", "first_name": "Ada"}
GROUP = {"id": -71, "type": "supergroup", "title": "Shop"}


def message(number: int, chat: Json = PRIVATE) -> Json:
    return {"message_id": number, "from": ADA, "chat": chat, "date": 1, "text": str(number)}


def test_the_number_is_telegrams_to_give(telegram: EmulatorProcess, bot: BotApi) -> None:
    (number,) = telegram.client.send_updates({"update_id": 5, "message": message(1)})
    assert [update["update_id"] for update in bot.result("getUpdates")] == [number]
    assert bot.result("getUpdates", offset=number + 1, limit=1) == []
    assert telegram.client.counts()["waiting"] == 0


@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
def test_what_they_speak_of_can_be_answered(telegram: EmulatorProcess, bot: BotApi, chat: Json) -> None:
    telegram.client.send_updates({"message": message(10, chat)})
    reply = bot.result("sendMessage", chat_id=chat["id"], text="Hello", reply_parameters={"message_id": 10})
    assert reply["reply_to_message"]["text"] == "10"
    assert reply["message_id"] == 11


def test_a_press_can_be_answered(telegram: EmulatorProcess, bot: BotApi) -> None:
    pressed = message(3) | {"from": bot.result("getMe")}
    query = {"id": "4711", "from": ADA, "message": pressed, "chat_instance": "1", "data": "x"}
    telegram.client.send_updates({"callback_query": query})
    assert bot.result("answerCallbackQuery", callback_query_id="4711") is True
    assert bot.result("editMessageText", chat_id=71, message_id=3, text="new")["text"] == "new"


def test_a_groups_messages_stay_in_order(telegram: EmulatorProcess, bot: BotApi) -> None:
    numbers = list(range(1, 20))
    with Receiver() as server:
        bot.result("setWebhook", url=server.url)
        telegram.client.send_updates(*({"message": message(number, GROUP)} for number in numbers))
        wait_until_taken(bot)
    assert [received.update["message"]["message_id"] for received in server.received] == numbers
