from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.domain.calls import Due


class Candidates:
    """The next message of each of some chats, in the order in which they should be sent."""

    def __init__(self) -> None:
        self._next: dict[int, Due] = {}
        #: The chats for which there are more.
        self._more: set[int] = set()
        #: Something that is due may be missing.
        self.incomplete = True

    def __len__(self) -> int:
        return len(self._next)

    def __iter__(self) -> Iterator[Due]:
        return iter(self._next.values())

    @property
    def chats(self) -> list[int]:
        return list(self._next)

    def add(self, messages: Iterable[Due], complete: bool) -> None:
        """Messages of other chats than those that are here; `complete`: there are no more of them."""
        for message in messages:
            if self._next.setdefault(message.chat_id, message) is not message:
                self._more.add(message.chat_id)
        self._next = {message.chat_id: message for message in sorted(self, key=_urgency)}
        self.incomplete = not complete

    def take(self, message: Due) -> None:
        del self._next[message.chat_id]
        if message.chat_id in self._more:
            self._more.remove(message.chat_id)
            self.incomplete = True

    def drop(self, chat_id: int) -> None:
        """What is to be sent to the chat has changed."""
        self._next.pop(chat_id, None)
        self._more.discard(chat_id)
        self.incomplete = True

    def clear(self) -> None:
        self._next.clear()
        self._more.clear()
        self.incomplete = True


def _urgency(message: Due) -> tuple[bool, float, int]:
    return message.bulk, message.due_at.timestamp(), message.id
