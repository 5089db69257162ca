"""Whose Telegram offers which commands."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable

import pytest

from bot.domain.languages import LANGUAGES
from bot.views.commands import CUSTOMERS
from emulator.client import Person
from tests.integration.bot.shop.conftest import CLERK, OWNER, Shop
from tests.waiting import wait_for

CUSTOMERS_MENU = list(CUSTOMERS)


@pytest.fixture
def owner(owner: Person) -> Person:
    """Has read what came in earlier tests."""
    owner.read(wait=0)
    return owner


@pytest.fixture
def clerk(clerk: Person) -> Person:
    clerk.read(wait=0)
    return clerk


def menu(person: Person) -> list[str]:
    return [command["command"] for command in person.commands()]


def scoped_menus(shop: Shop) -> dict[int, list[str]]:
    """Those of single chats."""
    shown = shop.emulator.status()["commands"]
    return {
        one["scope"]["chat_id"]: [command["command"] for command in one["commands"]]
        for one in shown
        if one["scope"]["type"] == "chat"
    }


def restart(shop: Shop, **settings: str) -> None:
    shop.bot.end(signal.SIGTERM)
    shop.bot.configure(**settings)
    shop.bot.start()
    shop.bot.wait_until_ready()


def wait_for_admins_menu(person: Person) -> list[str]:
    return wait_for(lambda: found if (found := menu(person)) != CUSTOMERS_MENU else [], "the admins' menu")


def listed_by_help(person: Person) -> list[str]:
    return re.findall(r"^/(\w+)", person.ask("/help"), re.MULTILINE)


def test_customers_are_offered_what_help_lists(customer: Person) -> None:
    assert menu(customer) == listed_by_help(customer) == CUSTOMERS_MENU


def test_there_is_a_menu_for_each_language_and_one_for_all_others(shop: Shop) -> None:
    shown = [one for one in shop.emulator.status()["commands"] if one["scope"] == {"type": "default"}]
    assert {one["language_code"] for one in shown} == {"", *LANGUAGES} - {"en"}
    assert all([command["command"] for command in one["commands"]] == CUSTOMERS_MENU for one in shown)


@pytest.mark.parametrize("language", [*LANGUAGES, "fr"])
def test_every_language_has_a_menu(shop: Shop, language: str) -> None:
    assert menu(shop.person(language_code=language)) == CUSTOMERS_MENU


def test_an_admin_whom_telegram_does_not_know_gets_the_menu_with_start(shop: Shop, owner: Person) -> None:
    # The bot is ready, and nobody has written to it yet.
    assert scoped_menus(shop) == {}
    assert menu(owner) == CUSTOMERS_MENU
    owner.ask("/start")
    offered = wait_for_admins_menu(owner)
    assert offered == listed_by_help(owner)
    assert set(offered) > set(CUSTOMERS_MENU)
    assert shop.sql("SELECT chat_id FROM admin_menus") == [(OWNER,)]


def test_a_menu_that_telegram_does_not_take_now_comes_later_and_holds_no_answer_back(shop: Shop, clerk: Person) -> None:
    fault = shop.emulator.fault(method="setMyCommands", kind="status", status=500, times=None)
    assert clerk.ask("/start").startswith("Welcome")
    assert menu(clerk) == CUSTOMERS_MENU
    shop.emulator.request("DELETE", f"/control/faults/{fault}")
    assert wait_for_admins_menu(clerk) == listed_by_help(clerk)


def test_start_said_by_a_customer_sets_no_menu(shop: Shop, customer: Person) -> None:
    before = shop.value("SELECT count(*) FROM outbox")
    customer.ask("/start")
    shop.wait_until_idle()
    assert shop.value("SELECT count(*) FROM outbox") == before
    assert customer.id not in scoped_menus(shop)


def test_a_language_that_an_admin_chooses_is_the_menus(shop: Shop, owner: Person) -> None:
    owner.ask("/start")
    shop.wait_until_idle()
    calls = len(shop.emulator.calls("setMyCommands"))
    owner.ask("/settings")
    owner.press("Language")
    owner.expect()
    owner.press("Deutsch")
    owner.expect()
    shop.wait_until_idle()
    assert len(shop.emulator.calls("setMyCommands")) == calls + 1
    assert shop.value("SELECT settings ->> 'language' FROM users WHERE id = $1", OWNER) == "de"


def test_whoever_is_no_admin_any_more_loses_the_menu_with_the_next_start_of_the_bot(
    shop: Shop, owner: Person, clerk: Person
) -> None:
    for admin in (owner, clerk):
        admin.ask("/start")
        wait_for_admins_menu(admin)
    restart(shop, ADMIN_IDS=str(CLERK))
    wait_for(lambda: menu(owner) == CUSTOMERS_MENU, "the former admin's menu is the customers'")
    shop.wait_until_idle()
    assert menu(clerk) == listed_by_help(clerk) != CUSTOMERS_MENU
    assert shop.sql("SELECT chat_id FROM admin_menus") == [(CLERK,)]
    owner.ask("/start")
    shop.wait_until_idle()
    assert menu(owner) == CUSTOMERS_MENU


def test_menus_that_telegram_refuses_keep_the_bot_from_nothing(shop: Shop, customer: Person) -> None:
    shop.emulator.fail("setMyCommands", 400, times=None, description="Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    try:
        restart(shop)
        assert customer.ask("/start").startswith("Welcome")
    finally:
        shop.emulator.stop_failing()


def test_an_admin_who_was_forgotten_keeps_the_menu(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop()
    owner = shop.emulator.person(OWNER, "Olga")
    owner.ask("/start")
    offered = wait_for_admins_menu(owner)
    owner.say("/forget")
    owner.read()
    owner.press("Yes, forget me")
    owner.read()
    restart(shop)
    shop.wait_until_idle()
    assert menu(owner) == offered
