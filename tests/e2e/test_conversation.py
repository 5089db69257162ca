from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial

import pytest

from emulator.client import Person
from tests.e2e.stack import Stack
from tests.hostile import NAMES
from tests.waiting import wait_for


def shown(name: str) -> str:
    return name.replace("\N{RIGHT-TO-LEFT OVERRIDE}", "")  # Telegram takes it out of messages


def profile(person: Person) -> str:
    """Of somebody who has come today and bought nothing."""
    username = f"Username: @{person.names['username']}\n" if "username" in person.names else ""
    today = datetime.now(UTC)
    joined = f"{today:%b} {today.day}, {today.year}"
    return f"ID: {person.id}\nName: {shown(person.first_name)}\n{username}Language: English\nJoined: {joined}\n0 orders"


def test_a_first_conversation(stack: Stack, newcomer: Person) -> None:
    assert newcomer.ask("/profile") == "Not registered yet. Send /start."
    assert newcomer.ask("/start").startswith("Welcome, Ada!")
    newcomer.rename("Augusta")
    assert "Name: Ada" in newcomer.ask("/profile")
    assert newcomer.ask("/start").startswith("Welcome, Augusta!")
    assert newcomer.ask("/profile") == profile(newcomer)
    assert stack.sql(f"SELECT first_name, username FROM users WHERE id = {newcomer.id}") == "Augusta|ada"


def test_a_killed_bot_still_knows_everybody(stack: Stack, newcomer: Person) -> None:
    newcomer.ask("/start")
    wait_for(lambda: stack.sql("SELECT count(*) FROM inbox") == "0", "the answered update is finished")
    stack.compose("kill", "bot")
    newcomer.say("/profile")
    stack.up()
    assert newcomer.answer() == profile(newcomer)


def test_killed_containers_come_back_by_themselves_with_the_data(stack: Stack, newcomer: Person) -> None:
    newcomer.ask("/start")
    wait_for(lambda: stack.sql("SELECT count(*) FROM inbox") == "0", "the answered update is finished")
    for service in ("postgres", "bot"):
        restarts = stack.inspect(service)["RestartCount"]
        stack.crash(service)
        wait_for(partial(stack.has_restarted, service, restarts), f"{service} comes back")
    assert newcomer.ask("/profile") == profile(newcomer)


def test_help_lists_exactly_the_commands_of_the_menu(stack: Stack, newcomer: Person) -> None:
    menu = [command["command"] for command in newcomer.commands()]
    assert menu[:2] == ["start", "catalogue"]
    assert re.findall(r"^/(\w+)", newcomer.ask("/help"), re.MULTILINE) == menu


@pytest.mark.parametrize("name", [name for name in NAMES if "\x00" not in name])
def test_hostile_names_are_shown_and_kept_as_they_are(stack: Stack, newcomer: Person, name: str) -> None:
    newcomer.rename(name)
    assert newcomer.ask("/start").startswith(f"Welcome, {shown(name)}!")
    assert newcomer.ask("/profile") == profile(newcomer)
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
    assert newcomer.ask("/profile") == profile(newcomer)
    assert other.ask("/profile") == profile(other)
