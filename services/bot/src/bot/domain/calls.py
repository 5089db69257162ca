from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.broadcasts import BroadcastId


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the Bot API that can be kept: its method's name and its parameters as JSON has them."""

    method: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be sent to a chat sooner or later, at least once."""

    chat_id: int
    call: Call
    #: What has a key is written once, however often its cause is repeated.
    key: str | None = None
    #: None: at once.
    due_at: datetime | None = None
    #: Waits for all that is not bulk.
    bulk: bool = False
    #: Which broadcast counts what becomes of it.
    broadcast_id: BroadcastId | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """What may be sent now."""

    id: int
    chat_id: int
    call: Call
    #: How often it was tried, in vain.
    attempts: int
    bulk: bool
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Sent: ...


@dataclass(frozen=True, slots=True)
class Blocked:
    """The chat does not want to hear from the bot."""

    error: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Given up; kept for the operator."""

    error: str


@dataclass(frozen=True, slots=True)
class SendAgain:
    """A failed attempt that is not the last."""

    after: timedelta
    error: str
    #: Where the chat has another id by now.
    moved_to: int | None = None


#: What became of an attempt.
Outcome = Sent | Blocked | Failed | SendAgain


@dataclass(frozen=True, slots=True)
class FailedOutgoing:
    id: int
    chat_id: int
    call: Call
    key: str | None
    created_at: datetime
    failed_at: datetime
    attempts: int
    error: str
