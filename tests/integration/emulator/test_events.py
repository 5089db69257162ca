from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.control_calls import HELLO, SAID, done
from tests.integration.emulator.http_calls import BotApi


class Stream:
    def __init__(self, response: HTTPResponse) -> None:
        self._response = response
        assert response.headers["Content-Type"] == "text/event-stream"

    def next(self) -> tuple[str, Any]:
        name = self._response.readline().decode().removeprefix("event: ").strip()
        data = self._response.readline().decode().removeprefix("data: ")
        assert self._response.readline() == b"\n"
        return name, json.loads(data)

    def until(self, wanted: str) -> Any:
        while True:
            name, data = self.next()
            if name == wanted:
                return data


@contextmanager
def events(telegram: EmulatorProcess) -> Iterator[Stream]:
    connection = HTTPConnection(urlsplit(telegram.url).netloc, timeout=30)
    try:
        connection.request("GET", "/control/events")
        with connection.getresponse() as response:
            yield Stream(response)
    finally:
        connection.close()


def test_a_page_begins_with_a_snapshot_of_everything(telegram: EmulatorProcess, http: BotApi) -> None:
    with events(telegram) as stream:
        name, snapshot = stream.next()
    assert name == "snapshot"
    assert snapshot.keys() == {
        *("bot", "bot_description", "greeting", "run", "people", "chats", "faults", "settings", "counts"),
    }
    assert [person["first_name"] for person in snapshot["people"]] == ["Ada", "Boris", "Dora"]
    assert [entry["message"].get("text") for entry in snapshot["chats"][0]["entries"]] == ["/start", "Hello", None]


def test_a_page_is_told_what_happens(telegram: EmulatorProcess, http: BotApi) -> None:
    with events(telegram) as stream:
        stream.until("snapshot")
        http.result("sendChatAction", chat_id=1, action="typing")
        assert stream.until("action") == {"chat_id": 1, "action": "typing"}
        http.result("editMessageText", chat_id=1, message_id=HELLO, text="Bye")
        assert stream.until("entry")["entry"]["edits"] == 1
        http.result("deleteMessage", chat_id=1, message_id=HELLO)
        assert stream.until("deleted") == {"chat_id": 1, "message_ids": [HELLO]}
        done(http, "PATCH", "/people/1", {"blocked": True})
        assert stream.until("person")["blocked"] is True
        done(http, "POST", "/faults", {})
        assert len(stream.until("faults")) == 1
        assert stream.until("counts")["sent"] >= 3
        done(http, "PUT", "/settings", {"rate_limits": True})
        assert stream.until("settings")["rate_limits"] is True
        done(http, "POST", "/reset", {})
        assert stream.until("reset") == {}
        assert stream.next()[1]["people"] == []


def test_a_page_that_comes_back_sees_what_it_missed(telegram: EmulatorProcess, http: BotApi) -> None:
    with events(telegram) as stream:
        stream.until("snapshot")
    text = uuid.uuid4().hex
    done(http, "POST", "/messages", SAID | {"text": text})
    with events(telegram) as stream:
        entries = stream.until("snapshot")["chats"][0]["entries"]
    assert entries[-1]["message"]["text"] == text
