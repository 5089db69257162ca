"""Pressed buttons, and what the bot answered."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

LONGEST_WAIT = 150.0  # seconds; an answer that comes later is refused
KEPT = 20_000  # presses


@dataclass(slots=True)
class Press:
    id: str
    person_id: int
    chat_id: int
    message_id: int
    at: float  # seconds of the monotonic clock
    answer: dict[str, Any] | None = None

    def shown(self) -> dict[str, Any]:
        names = ("id", "person_id", "chat_id", "message_id", "answer")
        return {name: getattr(self, name) for name in names}


class Presses:
    def __init__(self) -> None:
        self._presses: OrderedDict[str, Press] = OrderedDict()

    def add(self, person_id: int, chat_id: int, message_id: int, now: float, press_id: str = "") -> Press:
        press = Press(press_id or str(secrets.randbits(62)), person_id, chat_id, message_id, now)
        self._presses[press.id] = press
        if len(self._presses) > KEPT:
            self._presses.popitem(last=False)
        return press

    def get(self, press_id: str) -> Press | None:
        return self._presses.get(press_id)

    def awaiting(self, press_id: str, now: float) -> Press | None:
        """The press, if it may still be answered."""
        press = self._presses.get(press_id)
        return press if press and now - press.at <= LONGEST_WAIT else None
