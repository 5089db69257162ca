"""What became of an update; the worker records it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.calls import Outgoing
from bot.domain.inbox import Claimed, Retry
from bot.storage.inbox import Changes


@dataclass(frozen=True, slots=True)
class Finished:
    claimed: Claimed
    #: What the handler did to conversations.
    changes: Changes = ()


@dataclass(frozen=True, slots=True)
class Failed:
    claimed: Claimed
    error: str
    notices: Sequence[Outgoing] = ()


Outcome = Finished | Retry | Failed
