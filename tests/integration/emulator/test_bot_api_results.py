"""What Telegram answers when all is well."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator import world
from tests.integration.emulator.http_calls import BotApi, Json
from tests.integration.emulator.world import (
    ADA,
    BORIS,
    CLARA,
    DOCUMENT,
    FORWARDED,
    HELLO,
    PHOTO,
    PRESS,
    REFERRING,
    SAID,
    SHOP,
)

BOT = {"id": 1000000001, "is_bot": True, "first_name": "Orderly", "username": "orderly_demo_bot"}
ADAS_CHAT = {"id": ADA, "first_name": "Ada", "type": "private"}


@pytest.fixture
def bot(process: EmulatorProcess) -> BotApi:
    api = BotApi(process.url)
    world.make(process.client, api)
    return api


def said(bot: BotApi, **parameters: Any) -> Json:
    message: Json = bot.result("sendMessage", **({"chat_id": ADA, "text": "x"} | parameters))
    return message


def test_a_message_has_telegrams_fields_in_telegrams_order(bot: BotApi) -> None:
    message = said(bot, text="<b>Look</b>: example.org", parse_mode="HTML", reply_markup=PRESS)
    assert isinstance(message.pop("date"), int)
    entities = [{"offset": 0, "length": 4, "type": "bold"}, {"offset": 6, "length": 11, "type": "url"}]
    expected = {"message_id": 9, "from": BOT, "chat": ADAS_CHAT, "text": "Look: example.org", "entities": entities}
    assert message == expected | {"reply_markup": PRESS}
    assert list(message) == [*expected, "reply_markup"]


@pytest.mark.parametrize("text", ["x" * 4096, "😀" * 4096, "  " + "x" * 4096 + "\n", "<b>" + "x" * 4096 + "</b>"])
def test_4096_characters_are_not_too_many(bot: BotApi, text: str) -> None:
    assert len(said(bot, text=text, parse_mode="HTML")["text"]) == 4096


@pytest.mark.parametrize("data", ["x" * 64, "é" * 32, "😀" * 16])
def test_64_bytes_of_data_are_not_too_many(bot: BotApi, data: str) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": data}]]}
    assert said(bot, reply_markup=markup)["reply_markup"] == markup


def test_buttons_that_are_too_many_are_cut_off(bot: BotApi) -> None:
    button = {"text": "a", "callback_data": "b"}
    rows = said(bot, reply_markup={"inline_keyboard": [[button] * 13] * 26})["reply_markup"]["inline_keyboard"]
    assert [len(row) for row in rows] == [12] * 25


@pytest.mark.parametrize(
    "markup",
    [{}, "", {"inline_keyboard": []}, {"inline_keyboard": [[]]}, {"inline_keyboard": [[{"text": "", "pay": 1}]]}],
)
def test_no_button_is_no_keyboard(bot: BotApi, markup: Any) -> None:
    assert "reply_markup" not in said(bot, reply_markup=markup)


@pytest.mark.parametrize(
    ("button", "shown"),
    [
        ({"url": "EXAMPLE.org"}, {"url": "http://example.org/"}),
        ({"url": f"tg://user?id={ADA}"}, {"url": f"tg://user?id={ADA}"}),
        ({"callback_data": "a", "url": "https://a.org/b"}, {"url": "https://a.org/b"}),
        ({"callback_data": "a", "pay": True, "callback_game": {}}, {"callback_data": "a"}),
        ({"callback_data": 7}, {"callback_data": "7"}),
        ({"switch_inline_query": ""}, {"switch_inline_query": ""}),
        ({"web_app": {"url": "https://a.org"}}, {"web_app": {"url": "https://a.org/"}}),
        ({"login_url": {"url": "https://a.org"}}, {"url": "https://a.org/"}),
        ({"copy_text": {"text": "a", "unknown": 1}}, {"copy_text": {"text": "a"}}),
    ],
)
def test_a_button_does_the_first_thing_that_is_given(bot: BotApi, button: Json, shown: Json) -> None:
    message = said(bot, reply_markup={"inline_keyboard": [[{"text": "a"} | button]]})
    assert message["reply_markup"] == {"inline_keyboard": [[{"text": "a"} | shown]]}


@pytest.mark.parametrize(
    "entities", ["[", "{}", {"type": "bold"}, "bold", None, [{"type": "url", "offset": 0, "length": 1}]]
)
def test_entities_that_are_no_list_or_come_by_themselves_are_passed_over(bot: BotApi, entities: Any) -> None:
    assert "entities" not in said(bot, entities=entities)


def test_a_reply_shows_what_it_replies_to_one_level_deep(bot: BotApi) -> None:
    reply = said(bot, reply_parameters={"message_id": REFERRING})["reply_to_message"]
    assert reply["text"] == "Indeed"
    assert "reply_to_message" not in reply


@pytest.mark.parametrize(
    "wanted", [{"message_id": 999, "allow_sending_without_reply": True}, {"message_id": -1}, {}, ""]
)
def test_a_reply_to_nothing_can_be_had(bot: BotApi, wanted: Any) -> None:
    assert "reply_to_message" not in said(bot, reply_parameters=wanted)


def test_an_edit_shows_what_changed_without_what_it_replies_to(bot: BotApi) -> None:
    edited = bot.result("editMessageText", chat_id=ADA, message_id=REFERRING, text="Not at all")
    assert edited["text"] == "Not at all"
    assert edited["edit_date"] >= edited["date"]
    assert "reply_to_message" not in edited


def test_an_edit_takes_away_the_keyboard_the_entities_and_the_preview_that_it_does_not_bring(bot: BotApi) -> None:
    options = {"is_disabled": True}
    sent = said(bot, text="a.org", link_preview_options=options, reply_markup=PRESS)
    edited = bot.result("editMessageText", chat_id=ADA, message_id=sent["message_id"], text="b")
    assert not edited.keys() & {"entities", "link_preview_options", "reply_markup"}


def test_an_edit_of_the_buttons_alone_leaves_the_rest(bot: BotApi) -> None:
    edited = bot.result("editMessageReplyMarkup", chat_id=ADA, message_id=HELLO)
    assert edited["text"] == "Hello"
    assert "reply_markup" not in edited


def test_an_edited_caption_can_be_taken_away(bot: BotApi) -> None:
    assert "caption" not in bot.result("editMessageCaption", chat_id=ADA, message_id=PHOTO)


def test_a_deleted_message_is_gone(bot: BotApi) -> None:
    assert bot.result("deleteMessage", chat_id=ADA, message_id=SAID) is True
    again = bot.call("deleteMessage", chat_id=ADA, message_id=SAID)
    assert again.json["description"] == "Bad Request: message to delete not found"


def test_many_are_deleted_where_they_exist(bot: BotApi) -> None:
    assert bot.result("deleteMessages", chat_id=ADA, message_ids=[HELLO, HELLO, 999, str(SAID)]) is True
    assert not bot.call("editMessageReplyMarkup", chat_id=ADA, message_id=HELLO).json["ok"]


def test_a_forwarded_message_tells_where_it_comes_from(bot: BotApi) -> None:
    forwarded = bot.result("forwardMessage", chat_id=SHOP, from_chat_id=ADA, message_id=FORWARDED)
    origin = {"type": "user", "sender_user": {"id": ADA, "is_bot": False, "first_name": "Ada"}}
    assert forwarded["forward_origin"] | {"date": 0} == origin | {"date": 0}
    assert forwarded["text"] == "/start"
    assert forwarded["from"] == BOT


def test_a_copy_does_not_tell_where_it_comes_from(bot: BotApi) -> None:
    copy = bot.result("copyMessage", chat_id=ADA, from_chat_id=ADA, message_id=FORWARDED)
    assert list(copy) == ["message_id"]
    answered = said(bot, reply_parameters=copy)["reply_to_message"]
    assert answered["text"] == "/start"
    assert not [name for name in answered if name.startswith("forward")]


def test_a_copy_may_have_a_caption_of_its_own(bot: BotApi) -> None:
    copy = bot.result("copyMessage", chat_id=ADA, from_chat_id=ADA, message_id=DOCUMENT, caption="x" * 1024)
    assert said(bot, reply_parameters=copy)["reply_to_message"]["caption"] == "x" * 1024


@pytest.mark.parametrize("action", ["typing", "UPLOAD_PHOTO", "cancel"])
def test_an_action_is_shown(bot: BotApi, action: str) -> None:
    assert bot.result("sendChatAction", chat_id=ADA, action=action) is True


def test_a_chat_is_described(bot: BotApi) -> None:
    private, group = bot.result("getChat", chat_id=ADA), bot.result("getChat", chat_id=SHOP)
    assert private.items() >= ADAS_CHAT.items()
    assert group["title"] == "Shop"
    assert group["type"] == "group"
    assert group["permissions"]["can_send_messages"] is True
    assert {"max_reaction_count", "accent_color_id", "accepted_gift_types"} <= private.keys() & group.keys()


def test_who_was_met_in_a_group_or_has_blocked_the_bot_can_be_looked_at(bot: BotApi) -> None:
    assert bot.result("getChat", chat_id=BORIS)["first_name"] == "Boris"
    assert bot.result("getChat", chat_id=CLARA)["first_name"] == "Clara"


@pytest.mark.parametrize(
    ("user_id", "status"),
    [(BORIS, "member"), (CLARA, "left"), (BOT["id"], "member"), (f"{ADA} ", "creator"), (ADA, "creator")],
)
def test_a_member_has_a_status(bot: BotApi, user_id: Any, status: str) -> None:
    assert bot.result("getChatMember", chat_id=SHOP, user_id=user_id)["status"] == status


def test_members_are_counted_with_the_bot(bot: BotApi) -> None:
    assert bot.result("getChatMemberCount", chat_id=SHOP) == 3
    assert bot.result("getChatMemberCount", chat_id=ADA) == 2
