from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from emulator.chats import Chats
from emulator.faults import Faults
from emulator.updates import UpdateQueue


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    parameters: dict[str, Any]
    at: float  # seconds since 1970


@dataclass
class BotAccount:
    """One bot as Telegram knows it."""

    token: str
    #: Numbers never go back, also when the server has been started anew and has forgotten everything.
    updates: UpdateQueue = field(default_factory=lambda: UpdateQueue(first_id=int(time.time())))
    chats: Chats = field(default_factory=Chats)
    commands: list[dict[str, str]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)

    @property
    def user(self) -> dict[str, Any]:
        bot_id = int(self.token.partition(":")[0])
        return {"id": bot_id, "is_bot": True, "first_name": "Orderly", "username": "orderly_demo_bot"}

    def record(self, method: str, parameters: dict[str, Any]) -> None:
        self.calls.append(Call(method, parameters, time.time()))
