from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.calls import Call

LARGEST_ID = 2**63 - 1

#: The queue of what belongs to no chat.
NO_CHAT = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update as Telegram handed it over."""

    update_id: int
    chat_id: int
    payload: str  # JSON


@dataclass(frozen=True, slots=True)
class Claimed:
    """An update that one process alone may handle, as long as it goes by the name of `replica`."""

    replica: int
    id: int
    chat_id: int
    update_id: int
    payload: str  # JSON
    #: How often it has failed.
    attempts: int = 0
    #: The handler's transaction has been committed: all that is left to do is the answer.
    handled: bool = False
    answer: Call | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """To be handled again after a while."""

    claimed: Claimed
    after: timedelta
    #: None: it was no fault of the update, and does not count.
    error: str | None = None


@dataclass(frozen=True, slots=True)
class FailedUpdate:
    """Kept until somebody replays or drops it."""

    id: int
    chat_id: int
    update_id: int
    received_at: datetime
    failed_at: datetime
    attempts: int
    error: str
    payload: str  # JSON


def chat_of(update: dict[str, Any]) -> int:
    """The queue of a raw update: its chat, else whoever caused it, else NO_CHAT. Anything may be in it."""
    for content in update.values():
        if not isinstance(content, dict):
            continue
        message = content.get("message")
        for chat in (content.get("chat"), message.get("chat") if isinstance(message, dict) else None):
            if (chat_id := _id_of(chat)) is not None:
                return chat_id
        for name in ("from", "user", "voter_chat", "actor_chat"):
            if (sender_id := _id_of(content.get(name))) is not None:
                return sender_id
    return NO_CHAT


def is_id(given: Any) -> bool:
    """Whether it is an integer that PostgreSQL's bigint can hold."""
    return isinstance(given, int) and not isinstance(given, bool) and -LARGEST_ID <= given <= LARGEST_ID


def _id_of(given: Any) -> int | None:
    found = given.get("id") if isinstance(given, dict) else None
    return found if is_id(found) else None
