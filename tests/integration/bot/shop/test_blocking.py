"""Who does not want to hear from the bot, and who does again."""

from __future__ import annotations

import time

import pytest

from emulator.client import Json, Person
from tests.integration.bot.shop.conftest import Shop
from tests.waiting import wait_for


@pytest.fixture
def customer(customer: Person) -> Person:
    customer.ask("/start")
    return customer


def is_blocked(shop: Shop, person: Person) -> bool:
    return bool(shop.value("SELECT blocked_at IS NOT NULL FROM users WHERE id = $1", person.id))


def changed(chat: Json, sender: Person, status: str) -> Json:
    """The bot's own place in a chat, as Telegram tells of it."""
    bot = {"id": 1_000_000_001, "is_bot": True, "first_name": "Orderly"}
    member = {"user": bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})
    told = {"chat": chat, "date": int(time.time()), "old_chat_member": {"user": bot, "status": "member"}}
    sender_ = {"id": sender.id, "is_bot": False, "first_name": sender.first_name}
    return {"my_chat_member": told | {"from": sender_, "new_chat_member": member}}


def test_whoever_blocks_the_bot_counts_as_blocked_until_they_unblock_it(shop: Shop, customer: Person) -> None:
    assert not is_blocked(shop, customer)
    customer.block()
    wait_for(lambda: is_blocked(shop, customer), "the customer counts as blocked")
    customer.block(False)
    wait_for(lambda: not is_blocked(shop, customer), "the customer counts as reachable")


def test_whoever_writes_again_is_reachable(shop: Shop, customer: Person) -> None:
    customer.block()
    wait_for(lambda: is_blocked(shop, customer), "the customer counts as blocked")
    customer.ask("/profile")
    assert not is_blocked(shop, customer)


def test_when_they_blocked_it_is_told_by_the_first_time(shop: Shop, customer: Person) -> None:
    chat = {"id": customer.id, "type": "private"}
    shop.emulator.send_updates(changed(chat, customer, "kicked"))
    shop.wait_until_idle()
    first = shop.value("SELECT blocked_at FROM users WHERE id = $1", customer.id)
    shop.emulator.send_updates(changed(chat, customer, "kicked"))
    shop.wait_until_idle()
    assert first is not None
    assert shop.value("SELECT blocked_at FROM users WHERE id = $1", customer.id) == first


@pytest.mark.parametrize("chat_type", ["group", "supergroup", "channel"])
@pytest.mark.parametrize("status", ["kicked", "left", "member"])
def test_what_becomes_of_the_bot_in_a_group_says_nothing_about_who_did_it(
    shop: Shop, customer: Person, chat_type: str, status: str
) -> None:
    before = is_blocked(shop, customer)
    # A group's id is another than any user's; here it is the same, as the worst case.
    shop.emulator.send_updates(changed({"id": customer.id, "type": chat_type}, customer, status))
    shop.emulator.send_updates(changed({"id": -customer.id, "type": chat_type}, customer, status))
    shop.wait_until_idle()
    assert is_blocked(shop, customer) == before
    assert shop.failed() == []


@pytest.mark.parametrize("status", ["kicked", "member"])
def test_a_stranger_who_blocks_or_unblocks_is_not_taken_for_a_user(shop: Shop, status: str) -> None:
    stranger = shop.person("Stranger")
    shop.emulator.send_updates(changed({"id": stranger.id, "type": "private"}, stranger, status))
    shop.wait_until_idle()
    assert shop.value("SELECT count(*) FROM users WHERE id = $1", stranger.id) == 0
    assert shop.failed() == []


def test_an_answer_that_comes_too_late_for_a_blocked_chat_is_no_failure(shop: Shop, customer: Person) -> None:
    shop.emulator.fail("sendMessage", 403, description="Forbidden: bot was blocked by the user")
    customer.say("/help")
    wait_for(lambda: is_blocked(shop, customer), "the customer counts as blocked")
    shop.wait_until_idle()
    assert shop.failed() == []
