from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial

import pytest

from emulator.client import Person
from tests.e2e.stack import Stack
from tests.hostile import NAMES
from tests.waiting import wait_for


def profile(user_id: int, name: str) -> str:
    return f"ID: {user_id}\nName: {name}\nJoined: {datetime.now(UTC):%Y-%m-%d}"


def test_a_first_conversation(stack: Stack, newcomer: Person) -> None:
    assert newcomer.ask("/profile") == "Not registered yet. Send /start."
    assert newcomer.ask("/start").startswith("Welcome, Ada!")
    newcomer.rename("Augusta")
    assert "Name: Ada" in newcomer.ask("/profile")
    assert newcomer.ask("/start").startswith("Welcome, Augusta!")
    assert newcomer.ask("/profile") == profile(newcomer.id, "Augusta")
    assert stack.sql(f"SELECT first_name, username FROM users WHERE id = {newcomer.id}") == "Augusta|ada"


def test_a_killed_bot_still_knows_everybody(stack: Stack, newcomer: Person) -> None:
    newcomer.ask("/start")
    wait_for(lambda: stack.sql("SELECT count(*) FROM inbox") == "0", "the answered update is finished")
    stack.compose("kill", "bot")
    newcomer.say("/profile")
    stack.up()
    assert newcomer.answer() == profile(newcomer.id, "Ada")


def test_killed_containers_come_back_by_themselves_with_the_data(stack: Stack, newcomer: Person) -> None:
    newcomer.ask("/start")
    wait_for(lambda: stack.sql("SELECT count(*) FROM inbox") == "0", "the answered update is finished")
    for service in ("postgres", "bot"):
        restarts = stack.inspect(service)["RestartCount"]
        stack.crash(service)
        wait_for(partial(stack.has_restarted, service, restarts), f"{service} comes back")
    assert newcomer.ask("/profile") == profile(newcomer.id, "Ada")


def test_help_lists_exactly_the_commands_of_the_menu(stack: Stack, newcomer: Person) -> None:
    menu = [command["command"] for command in newcomer.commands()]
    assert menu[:2] == ["start", "catalogue"]
    assert re.findall(r"^/(\w+)", newcomer.ask("/help"), re.MULTILINE) == menu


@pytest.mark.parametrize("name", [name for name in NAMES if "\x00" not in name])
def test_hostile_names_are_shown_and_kept_as_they_are(stack: Stack, newcomer: Person, name: str) -> None:
    newcomer.rename(name)
    shown = name.replace("\N{RIGHT-TO-LEFT OVERRIDE}", "")  # Telegram takes it out of messages
    assert newcomer.ask("/start").startswith(f"Welcome, {shown}!")
    assert newcomer.ask("/profile") == profile(newcomer.id, shown)
    assert stack.sql(f"SELECT first_name FROM users WHERE id = {newcomer.id}") == name


def test_a_name_with_a_nul_is_no_obstacle(newcomer: Person) -> None:
    newcomer.rename("A\x00da")
    assert newcomer.ask("/start").startswith("Welcome, A\N{REPLACEMENT CHARACTER}da!")


def test_64_kb_of_nonsense_break_neither_reply_nor_data(stack: Stack, newcomer: Person) -> None:
    nonsense = ("<&>'\"\\;%s{}\u202e💥\x01" * 6000)[: 64 * 1024]
    newcomer.rename(nonsense)
    assert newcomer.ask("/start").startswith("Welcome, <&>")
    assert stack.sql(f"SELECT length(first_name) FROM users WHERE id = {newcomer.id}") == str(64 * 1024)
    assert newcomer.ask(nonsense[:4096]) == "I don't know that one. /help lists what I can do."
    assert newcomer.ask("/start " + nonsense[:4000]).startswith("Welcome, <&>")


def test_whatever_is_no_command_is_answered_kindly(newcomer: Person) -> None:
    for text in ("hello", "/", "/nonsense", "//start", "/START@somebody_else_bot", "😀", "."):
        assert newcomer.ask(text) == "I don't know that one. /help lists what I can do."


def test_two_people_do_not_see_each_other(stack: Stack, newcomer: Person) -> None:
    other = stack.emulator.person(newcomer.id + 1_000_000, "Grace")
    newcomer.ask("/start")
    assert other.ask("/profile") == "Not registered yet. Send /start."
    other.ask("/start")
    assert newcomer.ask("/profile") == profile(newcomer.id, "Ada")
    assert other.ask("/profile") == profile(other.id, "Grace")


def test_the_demos_owner_is_shown_how_the_shop_does(stack: Stack) -> None:
    olga = stack.emulator.person(1003, "Olga")
    olga.read(wait=0)
    olga.say("/stats")
    assert olga.expect("Last 30 days", wait=60).message["photo"], "matplotlib finds what it needs in the container"
