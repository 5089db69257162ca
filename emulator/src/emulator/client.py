"""The control API in Python, so that a test reads like a conversation: say, expect."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

ANSWER_WAIT = 20.0  # seconds


class Emulator:
    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def person(self, user_id: int, first_name: str, **details: str) -> Person:
        return Person(self, user_id, first_name, details)

    def status(self) -> dict[str, Any]:
        return self.get("/control/status")

    def calls(self, method: str = "") -> list[dict[str, Any]]:
        return cast(list[dict[str, Any]], self.get("/control/calls", method=method)["calls"])

    def send_updates(self, *updates: dict[str, Any]) -> list[int]:
        return cast(list[int], self.post("/control/updates", {"updates": updates})["update_ids"])

    def fail(self, method: str, status: int, times: int = 1, retry_after: int | None = None) -> None:
        """The next `times` calls of `method` are answered with an error; `retry_after` is in seconds."""
        fault = {"method": method, "status": status, "times": times, "retry_after": retry_after}
        self.post("/control/faults", fault)

    def stop_failing(self) -> None:
        self._open(urllib.request.Request(f"{self.url}/control/faults", method="DELETE"))

    def get(self, path: str, **query: str | float) -> dict[str, Any]:
        return self._open(urllib.request.Request(f"{self.url}{path}?{urlencode(query)}"))

    def post(self, path: str, body: object) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        return self._open(urllib.request.Request(f"{self.url}{path}", json.dumps(body).encode(), headers))

    def _open(self, request: urllib.request.Request) -> dict[str, Any]:
        with urllib.request.urlopen(request, timeout=90) as response:
            return cast(dict[str, Any], json.load(response))


@dataclass
class Person:
    """Somebody in a private chat with the bot, who reads each answer once."""

    emulator: Emulator
    id: int
    first_name: str
    details: dict[str, str] = field(default_factory=dict)
    read_up_to: int = 0

    def say(self, text: str) -> None:
        user = {"id": self.id, "first_name": self.first_name, **self.details}
        self.emulator.post("/control/messages", {"user": user, "text": text})

    def answers(self, wait: float = ANSWER_WAIT) -> list[str]:
        """What the bot has said since the last look; waits up to `wait` seconds for the first."""
        path = f"/control/chats/{self.id}/messages"
        messages = self.emulator.get(path, after=self.read_up_to, wait=wait)["messages"]
        if messages:
            self.read_up_to = messages[-1]["message_id"]
        return [message["text"] for message in messages]

    def answer(self, wait: float = ANSWER_WAIT) -> str:
        """The one answer. Raises AssertionError when there is none in time, or more than one."""
        answers = self.answers(wait)
        assert len(answers) == 1, f"{len(answers)} answers within {wait} s, not one: {answers}"
        return answers[0]

    def ask(self, text: str) -> str:
        self.say(text)
        return self.answer()
