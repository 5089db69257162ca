"""People who say /start, and who of them is answered."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit

from emulator.client import Emulator

NAME = "Ada"
BATCH = 500
NOBODY_THERE = 499  # status of a call that was carried out after the bot had gone
GLANCE = 0.05  # seconds


class Load:
    """/start of `people` strangers, each so many `times`; another load begins at another `first_id`."""

    def __init__(self, telegram: Emulator, first_id: int, people: int, times: int = 1) -> None:
        self._telegram = telegram
        self._ids = range(first_id, first_id + people)
        self._times = times
        self._calls_before = self._calls()
        #: When a chat said it first, in seconds since 1970.
        self.said_at: dict[int, float] = {}
        #: When the answers to a chat came to Telegram; what Telegram takes to answer them comes after that.
        self.answered_at: dict[int, list[float]] = {}

    @property
    def size(self) -> int:
        return len(self._ids) * self._times

    def say_at_once(self) -> None:
        updates = [_start(user_id, number) for number in range(1, self._times + 1) for user_id in self._ids]
        for first in range(0, len(updates), BATCH):
            batch = updates[first : first + BATCH]
            now = time.time()
            for update in batch:
                self.said_at.setdefault(update["message"]["chat"]["id"], now)
            self._telegram.send_updates(*batch)

    def say_evenly(self, rate: int) -> None:
        """So many a second, each at its own time."""
        connection = http.client.HTTPConnection(urlsplit(self._telegram.url).netloc, timeout=60)
        began = time.time()
        for number, user_id in enumerate(self._ids):
            time.sleep(max(0, began + number / rate - time.time()))
            body = json.dumps({"updates": [_start(user_id, 1)]})
            self.said_at[user_id] = time.time()
            connection.request("POST", "/control/updates", body, {"Content-Type": "application/json"})
            connection.getresponse().read()
        connection.close()

    def wait(self, patience: float) -> None:
        """Until all are answered, or nobody has been for so many seconds."""
        made, changed = -1, time.monotonic()
        while time.monotonic() < changed + patience:
            if (now_made := self.calls_made) != made:
                made, changed = now_made, time.monotonic()
                if made >= self.size and self._is_answered():
                    return
            time.sleep(GLANCE)
        self._is_answered()

    @property
    def calls_made(self) -> int:
        """Of whatever kind, by the bot, since this load began."""
        return self._calls() - self._calls_before

    @property
    def lost(self) -> int:
        return self.size - sum(min(len(times), self._times) for times in self.answered_at.values())

    @property
    def repeated(self) -> int:
        return sum(max(0, len(times) - self._times) for times in self.answered_at.values())

    @property
    def seconds(self) -> float:
        """From the first /start to the last answer."""
        return max(map(max, self.answered_at.values())) - min(self.said_at.values())

    @property
    def rate(self) -> float:
        """Answered updates a second."""
        return (self.size - self.lost) / self.seconds

    @property
    def reply_times(self) -> list[float]:
        """Seconds from a chat's first /start to its first answer, in order."""
        return sorted(min(times) - self.said_at[chat_id] for chat_id, times in self.answered_at.items())

    def _is_answered(self) -> bool:
        answered: dict[int, list[float]] = {}
        for call in self._telegram.calls("sendMessage"):
            chat_id = int(call["parameters"]["chat_id"])
            if chat_id in self._ids and _was_carried_out(call):
                answered.setdefault(chat_id, []).append(call["at"])
        self.answered_at = answered
        return self.lost == 0

    def _calls(self) -> int:
        return int(self._telegram.counts()["calls"])


def _was_carried_out(call: dict[str, Any]) -> bool:
    """Or will be: the status is 0 while Telegram takes its time."""
    return call["status"] in (0, 200, NOBODY_THERE)


def _start(user_id: int, message_id: int) -> dict[str, Any]:
    names = {"id": user_id, "first_name": NAME, "username": f"ada_{user_id}"}
    return {
        "message": {
            "message_id": message_id,
            "from": names | {"is_bot": False, "language_code": "en"},
            "chat": names | {"type": "private"},
            "date": int(time.time()),
            "text": "/start",
            "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        }
    }
