"""In a group the bot says one thing: where it can be talked to. And nothing about anybody."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest

from emulator.client import Json, Person
from tests.integration.bot.shop.conftest import Shop

DECLINE = "I talk to one person at a time: write to me in private."
LINK = "https://t.me/orderly_demo_bot?start=group"

_GROUP_IDS = itertools.count(-6000, -1)
_MESSAGE_IDS = itertools.count(7000)


class Group:
    def __init__(self, shop: Shop, member: Person, kind: str = "group") -> None:
        self.id = next(_GROUP_IDS)
        self._shop = shop
        self._member = member
        members = {"id": self.id, "title": "Friends", "members": [member.id], "type": kind}
        shop.emulator.post("/control/groups", members)

    def say(self, text: str, member: Person | None = None) -> None:
        body = {"person_id": (member or self._member).id, "chat_id": self.id, "text": text}
        self._shop.emulator.post("/control/messages", body)

    def answers(self) -> list[Json]:
        """All that the bot has ever said here."""
        self._shop.wait_until_idle()
        return [entry["message"] for entry in self._shop.emulator.get(f"/control/chats/{self.id}/messages")["entries"]]

    def texts(self) -> list[str]:
        return [answer["text"] for answer in self.answers()]

    def message(self, **content: Any) -> Json:
        """As Telegram sends it, without a sender."""
        chat = {"id": self.id, "type": "supergroup", "title": "Friends"}
        told = {"message_id": next(_MESSAGE_IDS), "date": int(time.time()), "chat": chat, "text": "/cart"}
        return {"message": told | content}


@pytest.fixture
def group(shop: Shop, customer: Person) -> Group:
    return Group(shop, customer)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "/start",
            "/help",
            "/catalogue",
            "/cart",
            "/orders",
            "/profile",
            "/settings",
            "/export",
            "/forget",
            "/cancel",
        ),
        *("/cart@orderly_demo_bot", "/CART@Orderly_Demo_Bot", "/start p_TEA", "/orders 10-024"),
        *("/admin@orderly_demo_bot", "/nonsense@orderly_demo_bot"),
    ],
)
def test_a_command_gets_one_kind_decline_with_a_link(group: Group, text: str) -> None:
    group.say(text)
    [answer] = group.answers()
    assert answer["text"] == DECLINE
    assert answer["reply_markup"]["inline_keyboard"][0][0]["url"] == LINK


@pytest.mark.parametrize("text", ["hello", "/nonsense", "/admin", "/stats", "/cart@another_bot", "/", "cart", "/@"])
def test_nothing_else_is_answered(shop: Shop, group: Group, text: str) -> None:
    group.say(text)
    shop.emulator.send_updates(group.message(text=text, **{"from": {"id": 77, "is_bot": False, "first_name": "X"}}))
    assert group.texts() == []
    assert shop.failed() == []


def test_nothing_of_anybody_is_shown_though_they_shop_meanwhile(shop: Shop, customer: Person) -> None:
    secret = shop.person("Secretive")
    secret.ask("/start")
    tea = shop.product("GROUPTEA", "Secret tea")
    secret.say("/catalogue")
    shown = secret.expect()
    secret.press_data(shown.id, f"put:{tea}:2:product", forged=True)
    secret.expect()
    group = Group(shop, secret)
    for command in ("/cart", "/profile", "/orders", "/export", "/forget", "/settings", "/catalogue"):
        group.say(command)
    assert set(group.texts()) == {DECLINE}


def test_admins_are_told_nothing_of_the_shops_in_a_group(shop: Shop, owner: Person) -> None:
    group = Group(shop, owner)
    for command in ("/admin", "/stats", "/products", "/failed", "/broadcast", "/cart"):
        group.say(command)
    assert group.texts() == [DECLINE]


def test_a_conversation_in_private_does_not_go_on_in_a_group(shop: Shop, customer: Person) -> None:
    tea = shop.product("GROUPTEA2", "Tea")
    customer.say("/catalogue")
    shown = customer.expect()
    customer.press_data(shown.id, f"put:{tea}:2:product", forged=True)
    customer.expect()
    customer.press_data(shown.id, "checkout", forged=True)
    customer.expect("Where to")
    group = Group(shop, customer)
    group.say("my address")
    shop.emulator.send_updates(group.message(text="my address", **{"from": customer_of(customer)}))
    assert group.texts() == []
    assert customer.read(wait=0) == []


@pytest.mark.parametrize("data", ["cart", "shop::0", "orders::0", "forget:0:1", "place:1000", "admin", "nonsense"])
def test_a_press_in_a_group_does_nothing_and_is_answered(shop: Shop, group: Group, customer: Person, data: str) -> None:
    group.say("/cart")
    [decline] = group.answers()
    body = {"person_id": customer.id, "chat_id": group.id, "message_id": decline["message_id"], "data": data}
    press = shop.emulator.post("/control/presses", body | {"forged": True})["id"]
    answer = shop.emulator.get(f"/control/presses/{press}", wait=20)["answer"]
    assert answer is not None
    assert not answer.get("text")
    assert group.texts() == [DECLINE]
    assert customer.read(wait=0) == []


def test_a_press_on_a_message_that_was_sent_inline_does_nothing_and_is_answered(shop: Shop, customer: Person) -> None:
    press = {"id": "424242", "from": customer_of(customer), "chat_instance": "1", "data": "cart"}
    shop.emulator.send_updates({"callback_query": press | {"inline_message_id": "x"}}, {"callback_query": press})
    shop.wait_until_idle()
    asked = [call["parameters"]["callback_query_id"] for call in shop.emulator.calls("answerCallbackQuery")]
    assert asked.count("424242") == 2
    assert customer.read(wait=0) == []
    assert shop.failed() == []


def test_the_decline_stays_in_the_topic_in_which_it_was_asked_for(shop: Shop, group: Group, customer: Person) -> None:
    sender = {"from": customer_of(customer)}
    shop.emulator.send_updates(group.message(message_thread_id=42, is_topic_message=True, **sender))
    shop.emulator.send_updates(group.message(message_thread_id=43, **sender))  # a reply, in no topic
    shop.wait_until_idle()
    sent = [call["parameters"] for call in shop.emulator.calls("sendMessage")]
    threads = [one.get("message_thread_id") for one in sent if str(one["chat_id"]) == str(group.id)]
    assert threads == [42, None]
    # This group has no topics, as if it had been deleted meanwhile.
    assert group.texts() == [DECLINE]
    assert shop.failed() == []


def test_a_group_in_which_the_bot_may_not_write_is_no_error(shop: Shop, group: Group) -> None:
    refusal = "Bad Request: not enough rights to send text messages to the chat"
    shop.emulator.fail("sendMessage", 400, description=refusal)
    group.say("/cart")
    assert group.texts() == []
    assert shop.failed() == []


def test_anonymous_admins_channels_and_nobody_are_no_errors(shop: Shop, group: Group) -> None:
    chat = {"id": group.id, "type": "supergroup", "title": "Friends"}
    channel = {"id": -1009, "type": "channel", "title": "News"}
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    shop.emulator.send_updates(
        group.message(sender_chat=chat, **{"from": anonymous}),
        group.message(sender_chat=channel),
        group.message(),
    )
    assert group.texts() == [DECLINE] * 3
    assert shop.failed() == []


@pytest.mark.parametrize(
    "kind", ["channel_post", "edited_channel_post", "edited_message", "business_message", "edited_business_message"]
)
@pytest.mark.parametrize("chat_type", ["channel", "private", "supergroup"])
def test_what_the_bot_does_not_ask_for_is_passed_over(
    shop: Shop, group: Group, customer: Person, kind: str, chat_type: str
) -> None:
    chat_id = customer.id if chat_type == "private" else group.id
    told = group.message()["message"] | {"chat": {"id": chat_id, "type": chat_type}, "edit_date": 1}
    shop.emulator.send_updates({kind: told})
    assert group.texts() == []
    assert customer.read(wait=0) == []
    assert shop.failed() == []


def test_a_group_that_puts_the_bot_out_or_grows_is_no_error(shop: Shop, group: Group, customer: Person) -> None:
    bigger = next(_GROUP_IDS)
    change = {"person_id": customer.id, "upgrade_to": bigger}
    shop.emulator.request("PATCH", f"/control/groups/{group.id}", change)
    shop.emulator.request("PATCH", f"/control/groups/{bigger}", {"person_id": customer.id, "bot_status": "kicked"})
    group.say("/cart")
    shop.wait_until_idle()
    assert shop.failed() == []


def customer_of(person: Person) -> Json:
    return {"id": person.id, "is_bot": False, "first_name": person.first_name}
