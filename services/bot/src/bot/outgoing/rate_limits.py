"""How fast a bot may send. Pure: every time is in seconds of a monotonic clock, and given."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from math import inf

#: What Telegram counts a second and a minute in, with something for clocks that do not agree.
SECOND = 1.05
MINUTE = 61.0


class RateLimits:
    """Keeps to them whatever the network delays: a message counts from its start until a window after its end."""

    def __init__(
        self, per_second: int = 30, per_group_minute: int = 20, *, second: float = SECOND, minute: float = MINUTE
    ) -> None:
        self._per_second = per_second
        self._per_group_minute = per_group_minute
        self._second = second
        self.minute = minute
        self.restart(-inf)

    def restart(self, now: float, groups: Iterable[tuple[int, float]] = ()) -> None:
        """Forgets everything but when something was sent to groups, the oldest first, by somebody else until now."""
        self._all = _Window(self._per_second, self._second)
        #: Ordered by the latest message.
        self._chats: dict[int, tuple[_Window, ...]] = {}
        self._next_start = now + self._second
        seen = [(chat_id, at) for chat_id, at in groups if at > now - self.minute]
        # The other may have sent one more to each, and died before it was recorded.
        for chat_id, at in [*seen, *((chat_id, now) for chat_id in {chat_id for chat_id, _ in seen})]:
            for window in self._windows(chat_id):
                window.start()
                window.end(at)

    def next_start(self, now: float) -> float:
        """When a message may be sent to anybody; infinite: not before one that is being sent has ended."""
        return max(now, self._next_start, self._all.free_at(now))

    def next_at(self, chat_id: int, now: float) -> float:
        """As `next_start`, to this chat."""
        windows = self._chats.get(chat_id, ())
        return max([self.next_start(now), *(window.free_at(now) for window in windows)])

    def start(self, chat_id: int, at: float) -> None:
        """Counts a message that is being sent to the chat; call `end` when it no longer is, whatever came of it."""
        self._next_start = at + self._second / self._per_second
        for window in (self._all, *self._windows(chat_id)):
            window.start()

    def end(self, chat_id: int, at: float) -> None:
        windows = self._chats.pop(chat_id)
        self._chats[chat_id] = windows
        for window in (self._all, *windows):
            window.end(at)
        self._forget(at)

    @property
    def remembered_chats(self) -> int:
        return len(self._chats)

    def _windows(self, chat_id: int) -> tuple[_Window, ...]:
        if chat_id not in self._chats:
            group = [_Window(self._per_group_minute, self.minute)] if chat_id < 0 else []
            self._chats[chat_id] = (_Window(1, self._second), *group)
        return self._chats[chat_id]

    def _forget(self, now: float) -> None:
        while self._chats:
            chat_id, windows = next(iter(self._chats.items()))
            if any(window.is_used(now) for window in windows):
                break
            del self._chats[chat_id]


class _Window:
    """At most so many messages in so many seconds."""

    __slots__ = ("_ended", "_most", "_seconds", "_under_way")

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._under_way = 0
        self._ended: deque[float] = deque()

    def start(self) -> None:
        self._under_way += 1

    def end(self, at: float) -> None:
        self._under_way -= 1
        self._ended.append(at)

    def free_at(self, now: float) -> float:
        self._expire(now)
        too_many = self._under_way + len(self._ended) - self._most + 1
        if too_many <= 0:
            return now
        return self._ended[too_many - 1] + self._seconds if too_many <= len(self._ended) else inf

    def is_used(self, now: float) -> bool:
        self._expire(now)
        return bool(self._under_way or self._ended)

    def _expire(self, now: float) -> None:
        while self._ended and self._ended[0] + self._seconds <= now:
            self._ended.popleft()
