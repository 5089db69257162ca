"""How fast Telegram lets a bot send."""

from __future__ import annotations

import math
from collections import deque

from emulator.errors import too_many_requests

BURST = 3  # messages to one chat that pass at once


class RateLimits:
    """Off until it is switched on: a test says what it wants to meet."""

    def __init__(self) -> None:
        self.enforced = False
        self.per_second = 30
        #: In the long run.
        self.per_chat_second = 1.0
        self.per_group_minute = 20
        self._all: deque[float] = deque()
        self._groups: dict[int, deque[float]] = {}
        #: For each chat the moment up to which its messages are "paid for".
        self._chats: dict[int, float] = {}

    def admit(self, chat_id: int, now: float) -> None:
        """Counts a message to the chat at `now`, in seconds. Raises ApiError 429 with the pause that is due."""
        if not self.enforced:
            return
        group = self._groups.setdefault(chat_id, deque()) if chat_id < 0 else None
        paid = max(self._chats.get(chat_id, 0.0), now)
        pauses = [
            _pause(self._all, now, 1.0, self.per_second),
            paid - now - (BURST - 1) / self.per_chat_second,
            _pause(group, now, 60.0, self.per_group_minute) if group is not None else 0.0,
        ]
        if (pause := max(pauses)) > 0:
            raise too_many_requests(max(1, math.ceil(pause)))
        self._all.append(now)
        self._chats[chat_id] = paid + 1 / self.per_chat_second
        if group is not None:
            group.append(now)


def _pause(moments: deque[float], now: float, window: float, most: int) -> float:
    """Seconds until fewer than `most` of the moments lie within the window."""
    while moments and moments[0] <= now - window:
        moments.popleft()
    return moments[0] + window - now if len(moments) >= most else 0.0
