"""Who talks with the bot, and what was said."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emulator.errors import bad_request

Message = dict[str, Any]
User = dict[str, Any]

_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(@[A-Za-z0-9_]+)?")


@dataclass
class Chat:
    """A private chat; its id is the user's."""

    user: User
    messages: list[Message] = field(default_factory=list)

    @property
    def description(self) -> dict[str, Any]:
        names = [name for name in ("first_name", "last_name", "username") if name in self.user]
        return {"id": self.user["id"], "type": "private"} | {name: self.user[name] for name in names}

    def add(self, sender: User, **content: Any) -> Message:
        message = {
            "message_id": len(self.messages) + 1,
            "from": sender,
            "chat": self.description,
            "date": int(time.time()),
            **content,
        }
        self.messages.append(message)
        return message


class Chats:
    def __init__(self) -> None:
        self._chats: dict[int, Chat] = {}
        self._changed = asyncio.Condition()

    def with_user(self, user: User) -> Chat:
        """The user's chat, with the names that the user has now."""
        chat = self._chats.setdefault(user["id"], Chat(user))
        chat.user = user
        return chat

    def find(self, chat_id: int) -> Chat | None:
        return self._chats.get(chat_id)

    def get(self, chat_id: int) -> Chat:
        """Raises ApiError 400 for a chat in which nobody has written yet."""
        chat = self.find(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        return chat

    async def changed(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def wait_for(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Whether the condition came true within `timeout` seconds."""
        async with self._changed:
            try:
                await asyncio.wait_for(self._changed.wait_for(condition), timeout)
            except TimeoutError:
                return False
        return True


def typed_by_a_user(text: str) -> dict[str, Any]:
    """The text of a message, with the entity that marks a command at its beginning."""
    command = _COMMAND.match(text)
    if command is None:
        return {"text": text}
    return {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": command.end()}]}
