"""What people say to the bot, in an order that is known for each of them."""

from __future__ import annotations

import itertools
import random
import time
from dataclasses import dataclass
from typing import Any

from emulator.client import Emulator

EFFECT_EVERY = 5
_AT_ONCE = 1000  # updates in a request


@dataclass(frozen=True)
class Workload:
    #: Chat and text, as they arrive.
    said: list[tuple[int, str]]

    @property
    def chats(self) -> dict[int, list[str]]:
        """What each of them has said, oldest first."""
        chats: dict[int, list[str]] = {}
        for chat, text in self.said:
            chats.setdefault(chat, []).append(text)
        return chats

    @property
    def effects(self) -> set[tuple[int, int]]:
        """Chat and number."""
        return {(chat, int(text.split()[1])) for chat, text in self.said if text.startswith("effect ")}

    def send(self, emulator: Emulator) -> None:
        numbers = {chat: itertools.count(1) for chat, _ in self.said}
        updates = [message(chat, text, next(numbers[chat])) for chat, text in self.said]
        for start in range(0, len(updates), _AT_ONCE):
            emulator.send_updates(*updates[start : start + _AT_ONCE])


def mixed(updates: int, chats: int, chance: random.Random) -> Workload:
    """Every chat counts upwards; which one comes next is chance, so that several of one often arrive together."""
    order = [1 + number % chats for number in range(updates)]
    chance.shuffle(order)
    counts = dict.fromkeys(order, 0)
    said = []
    for chat in order:
        counts[chat] += 1
        said.append((chat, _text(counts[chat])))
    return Workload(said)


def message(chat: int, text: str, number: int = 1) -> dict[str, Any]:
    """The update in which somebody writes to the bot."""
    person = {"id": chat, "is_bot": False, "first_name": f"Person {chat}"}
    private = {"id": chat, "type": "private", "first_name": f"Person {chat}"}
    entities = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text.startswith("/") else []
    content = {"message_id": number, "date": int(time.time()), "from": person, "chat": private, "text": text}
    return {"message": content | ({"entities": entities} if entities else {})}


def _text(number: int) -> str:
    return f"{'n' if number % EFFECT_EVERY else 'effect'} {number}"
