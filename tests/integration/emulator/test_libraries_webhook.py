"""Libraries that others have made, to which Telegram brings the updates."""

from __future__ import annotations

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from emulator.client import Json
from tests.integration.emulator.libraries.processes import BY_WEBHOOK, SECRET, LibraryBot
from tests.integration.emulator.libraries.reading import read_up_to
from tests.waiting import wait_for


@pytest.fixture(scope="module", params=BY_WEBHOOK, ids=str)
def bot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibraryBot]:
    with request.param.running_bot(tmp_path_factory.mktemp("bot")) as running:
        yield running


def status_of_delivery(bot: LibraryBot, secret: str | None) -> int:
    """What a program that is not Telegram gets for an update."""
    headers = {"Content-Type": "application/json"} | ({"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {})
    url = bot.ask_telegram("getWebhookInfo")["url"]
    request = urllib.request.Request(url, json.dumps({"update_id": 1}).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize("secret", ["a-guess", None])
def test_a_delivery_without_the_right_secret_is_refused(bot: LibraryBot, secret: str | None) -> None:
    assert status_of_delivery(bot, secret) == bot.library.wrong_secret
    assert status_of_delivery(bot, SECRET) == 200


def test_while_the_bot_is_down_updates_wait_and_keep_their_order_in_each_chat(bot: LibraryBot) -> None:
    people = [bot.somebody("Ada"), bot.somebody("Grace")]
    assert bot.end(signal.SIGTERM) == 0, bot.said
    for text in ("one", "two", "three"):
        for person in people:
            person.say(text)
    assert wait_for(lambda: failing(bot), "a failed delivery")["pending_update_count"] == 6
    bot.start()
    for person in people:
        assert [answer.text for answer in read_up_to(person, "three")] == ["one", "two", "three"]
    wait_for(lambda: bot.ask_telegram("getWebhookInfo")["pending_update_count"] == 0, "everything is taken")


def failing(bot: LibraryBot) -> Json:
    """What Telegram tells about the webhook once a connection was refused; before that, nothing."""
    info: Json = bot.ask_telegram("getWebhookInfo")
    return info if info.get("last_error_message") == "Connection refused" else {}


def test_a_killed_bot_gets_what_it_had_not_taken(bot: LibraryBot) -> None:
    person = bot.somebody()
    person.ask("before")
    wait_for(lambda: bot.emulator.counts()["waiting"] == 0, "everything is taken")
    bot.end(signal.SIGKILL)
    person.say("after")
    bot.start()
    assert [answer.text for answer in read_up_to(person, "after")] == ["after"]
