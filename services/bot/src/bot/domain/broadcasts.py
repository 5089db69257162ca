from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from bot.domain.users import UserId

BroadcastId = NewType("BroadcastId", int)


class BroadcastState(StrEnum):
    #: Shown to the admin who has composed it, and to nobody else.
    DRAFT = "draft"
    SENDING = "sending"
    #: Goes to nobody more; what is on its way still arrives.
    STOPPING = "stopping"
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Broadcast:
    """What an admin tells all users: a message of that admin's, copied to each of them."""

    id: BroadcastId
    admin_id: UserId
    source_chat_id: int
    source_message_id: int
    state: BroadcastState
    #: The message in the source chat that tells how far it is.
    progress_message_id: int | None
    #: How many users there were when it was confirmed; meanwhile some leave, and some return.
    recipients: int
    #: How many messages have been put into the outbox.
    queued: int
    sent: int
    blocked: int
    failed: int

    @property
    def settled(self) -> int:
        return self.sent + self.blocked + self.failed

    @property
    def is_under_way(self) -> bool:
        return self.state in (BroadcastState.SENDING, BroadcastState.STOPPING)

    @property
    def total(self) -> int:
        return max(self.recipients, self.queued)

    def is_told_in(self, chat_id: int, message_id: int) -> bool:
        return (chat_id, message_id) == (self.source_chat_id, self.progress_message_id)
