"""Libraries that others have made, which ask Telegram for updates: what they survive, they survive by themselves."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.integration.emulator.libraries.processes import BY_POLLING, LibraryBot
from tests.integration.emulator.libraries.reading import read_up_to
from tests.waiting import wait_for


@pytest.fixture(scope="module", params=BY_POLLING, ids=str)
def bot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibraryBot]:
    with request.param.running_bot(tmp_path_factory.mktemp("bot")) as running:
        yield running


def test_a_killed_bot_goes_on_when_it_is_started_again(bot: LibraryBot) -> None:
    person = bot.somebody()
    person.ask("before")
    wait_for(lambda: bot.emulator.counts()["waiting"] == 0, "everything is confirmed")
    bot.end(signal.SIGKILL)
    for text in ("one", "two", "three"):
        person.say(text)
    bot.start()
    assert [answer.text for answer in read_up_to(person, "three")] == ["one", "two", "three"]


def statuses_of_polls(bot: LibraryBot) -> list[int]:
    return [call["status"] for call in bot.emulator.calls("getUpdates")]


@pytest.mark.parametrize(("status", "retry_after"), [(429, 1), (500, None)])
def test_a_refused_poll_is_repeated_and_nothing_is_lost(bot: LibraryBot, status: int, retry_after: int | None) -> None:
    person = bot.somebody()
    bot.emulator.fail("getUpdates", status, retry_after=retry_after)
    assert person.ask("still there?") == "still there?"
    wait_for(lambda: status in statuses_of_polls(bot), "the refused poll")
    assert person.ask("and now?") == "and now?"


@pytest.mark.parametrize(("status", "retry_after"), [(429, 1), (500, None)])
def test_a_refused_message_raises_the_librarys_own_exception(
    bot: LibraryBot, status: int, retry_after: int | None
) -> None:
    person, already = bot.somebody(), len(bot.noted())
    bot.emulator.fail("sendMessage", status, retry_after=retry_after)
    person.say("refused")
    noted = wait_for(lambda: bot.noted()[already:], "the exception")
    assert noted == [{"event": "failed", "error": bot.library.errors[status], "retry_after": retry_after}]
    assert person.ask("taken") == "taken"
