from __future__ import annotations

from math import inf

#: Two chats within this time: it is not about a chat. In seconds.
AT_ONCE = 1.0


class Pauses:
    """What Telegram asks for with a 429: a pause for the chat, or for all when it strikes two chats at once.

    Pure: every time is in seconds of a monotonic clock, and given.
    """

    def __init__(self) -> None:
        self._chats: dict[int, float] = {}
        self._all = -inf
        self._latest: tuple[int, float] | None = None

    def add(self, chat_id: int, seconds: float, now: float) -> bool:
        """True where it is for all."""
        self._chats = {chat: until for chat, until in self._chats.items() if until > now}
        self._chats[chat_id] = now + seconds
        chat, at = self._latest or (chat_id, now)
        self._latest = (chat_id, now)
        if chat == chat_id or now - at > AT_ONCE:
            return False
        self._all = max(self._all, now + seconds)
        return True

    def over_at(self, chat_id: int | None = None) -> float:
        """None: that for all."""
        return self._all if chat_id is None else max(self._all, self._chats.get(chat_id, -inf))
