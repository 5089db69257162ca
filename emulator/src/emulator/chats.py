"""What was said, chat by chat."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.answer_times import AnswerTimes

Message = dict[str, Any]
ChatType = Literal["private", "group", "supergroup"]

LONGEST_HISTORY = 2000  # messages of one chat; older ones are forgotten
MOST_MESSAGES = 150_000  # of all chats together


@dataclass(slots=True)
class Entry:
    message: Message
    #: None: the bot, or Telegram itself.
    from_person: int | None
    #: Place in the chat's order of changes: an edit moves the entry to its end.
    change: int
    keyboard: dict[str, Any] | None = None
    edits: int = 0
    answered_in_ms: float | None = None

    def shown(self) -> dict[str, Any]:
        shown = {
            "message": self.message,
            "answered_in_ms": self.answered_in_ms,
            "edits": self.edits,
            "from_person": self.from_person,
            "change": self.change,
        }
        return shown | ({"keyboard": self.keyboard} if self.keyboard is not None else {})


@dataclass
class Chat:
    id: int
    type: ChatType
    title: str = ""
    members: set[int] = field(default_factory=set)
    #: The bot's place in a group: member, administrator, left or kicked.
    bot_status: str = "member"
    #: Who made the group.
    creator: int = 0
    migrated_to: int | None = None
    #: Each person's last read message.
    read: dict[int, int] = field(default_factory=dict)
    changes: int = 0
    #: The bot's last change, among all.
    bot_change: int = 0
    answer_times: AnswerTimes = field(default_factory=AnswerTimes)
    _next_message_id: int = 1
    _entries: dict[int, Entry] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    @property
    def has_begun(self) -> bool:
        return self._next_message_id > 1

    def number_from(self, message_id: int) -> None:
        """Numbers below were used elsewhere."""
        self._next_message_id = max(self._next_message_id, message_id)

    def next_message_id(self) -> int:
        message_id = self._next_message_id
        self._next_message_id += 1
        return message_id

    def add(self, message: Message, from_person: int | None, keyboard: dict[str, Any] | None = None) -> Entry:
        entry = Entry(message, from_person, self.next_change(), keyboard)
        self._entries[message["message_id"]] = entry
        if from_person is None:
            self.bot_change = entry.change
        if len(self._entries) > LONGEST_HISTORY:
            del self._entries[next(iter(self._entries))]
        return entry

    def get(self, message_id: int) -> Entry | None:
        return self._entries.get(message_id)

    def delete(self, message_id: int) -> None:
        del self._entries[message_id]
        self.changes += 1

    def forget(self, message_id: int) -> None:
        self._entries.pop(message_id, None)

    def next_change(self) -> int:
        self.changes += 1
        return self.changes

    def newest(self, limit: int, before: int | None = None) -> tuple[list[Entry], bool]:
        """The newest entries below `before`, oldest first, and whether there are earlier ones."""
        entries = [entry for number, entry in self._entries.items() if before is None or number < before]
        return entries[-limit:], len(entries) > limit

    def changed_by_bot(self, after: int) -> list[Entry]:
        """What the bot has sent or edited since the change `after`, in that order."""
        if self.bot_change <= after:
            return []
        found = [entry for entry in self._entries.values() if entry.change > after and entry.from_person is None]
        return sorted(found, key=lambda entry: entry.change)


class Chats:
    def __init__(self) -> None:
        self._chats: dict[int, Chat] = {}
        #: Chat and message of all that is kept, oldest first.
        self._kept: deque[tuple[Chat, int]] = deque()

    def __iter__(self) -> Iterator[Chat]:
        return iter(self._chats.values())

    def get(self, chat_id: int) -> Chat | None:
        return self._chats.get(chat_id)

    def add(
        self, chat: Chat, message: Message, from_person: int | None, keyboard: dict[str, Any] | None = None
    ) -> Entry:
        """Keeps a message, and forgets the oldest of all when there are too many."""
        self._kept.append((chat, message["message_id"]))
        if len(self._kept) > MOST_MESSAGES:
            oldest, message_id = self._kept.popleft()
            oldest.forget(message_id)
        return chat.add(message, from_person, keyboard)

    def put(self, chat: Chat) -> Chat:
        self._chats[chat.id] = chat
        return chat


def without_reply(message: Message) -> Message:
    """A message that is shown inside of another shows no third one."""
    return {name: value for name, value in message.items() if name != "reply_to_message"}
