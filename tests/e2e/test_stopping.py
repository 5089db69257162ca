from __future__ import annotations

from functools import partial
from pathlib import Path

from emulator.client import Person
from tests.e2e.stack import Stack, demo_stack
from tests.waiting import wait_for


def test_every_service_hears_sigterm_and_ends_cleanly(stack: Stack, newcomer: Person) -> None:
    newcomer.ask("/start")
    stopped_before = times_stopped(stack)
    stack.compose("stop", "bot", "postgres")
    # 137 would be the kill after the grace period.
    assert stack.state("bot")["ExitCode"] == 0
    assert stack.state("postgres")["ExitCode"] == 0
    assert times_stopped(stack) == stopped_before + 1
    assert stack.emulator.counts()["waiting"] == 0
    stack.up()
    assert "Name: Ada" in newcomer.ask("/profile")


def times_stopped(stack: Stack) -> int:
    return stack.logs("bot").count('"event": "stopped"')


def test_the_bot_hears_sigterm_while_it_is_still_starting(own_folder: Path) -> None:
    with demo_stack(own_folder) as stack:
        stack.compose("up", "--detach", "--wait", "postgres", "emulator")
        stack.compose("run", "--rm", "--no-TTY", "migrator")
        stack.compose("up", "--detach", "--no-deps", "bot")
        wait_for(partial(stack.has_ended_after_sigterm, "bot"), "the bot ends")
        assert stack.state("bot")["ExitCode"] == 143
        assert stack.logs("bot") == "", "it had not begun to serve"
