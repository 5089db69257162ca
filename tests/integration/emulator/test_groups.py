from __future__ import annotations

import pytest

from tests.integration.emulator.control_calls import GROUP, SAID, ask, done, newest
from tests.integration.emulator.http_calls import BotApi


def group(http: BotApi) -> None:
    done(http, "POST", "/groups", GROUP)


def test_a_group_is_made_once(http: BotApi) -> None:
    group(http)
    assert ask(http, "POST", "/groups", GROUP).status == 409


@pytest.mark.parametrize("text", ["Hello", "/help@another_bot"])
def test_in_a_group_the_bot_hears_only_what_concerns_it(http: BotApi, text: str) -> None:
    group(http)
    said = {"person_id": 2, "chat_id": -5}
    assert done(http, "POST", "/messages", said | {"text": text})["update_id"] == 0
    assert done(http, "POST", "/messages", said | {"text": "/help"})["update_id"] > 0


def test_a_bot_that_was_put_out_hears_nothing_any_more(http: BotApi) -> None:
    group(http)
    done(http, "PATCH", "/groups/-5", {"person_id": 1, "bot_status": "kicked"})
    assert newest(http)["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert done(http, "POST", "/messages", SAID | {"chat_id": -5, "text": "/help"})["update_id"] == 0
    assert ask(http, "PATCH", "/groups/-5", {"person_id": 1, "bot_status": "kicked"}).status == 409


def test_a_group_is_upgraded_once(http: BotApi) -> None:
    group(http)
    done(http, "PATCH", "/groups/-5", {"person_id": 1, "upgrade_to": -1000})
    again = ask(http, "PATCH", "/groups/-5", {"person_id": 1, "upgrade_to": -1001})
    assert (again.status, list(again.json)) == (409, ["error"])


def test_who_blocks_the_bot_and_writes_again_has_unblocked_it(http: BotApi) -> None:
    done(http, "PATCH", "/people/1", {"blocked": True})
    changed = newest(http)["my_chat_member"]
    assert (changed["old_chat_member"]["status"], changed["new_chat_member"]["status"]) == ("member", "kicked")
    done(http, "POST", "/messages", SAID)
    assert http.call("sendMessage", chat_id=1, text="x").json["ok"]
