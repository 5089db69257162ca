"""The command menu: which commands whom is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emulator.chats import Chat
from emulator.people import Person

Command = dict[str, str]


@dataclass(frozen=True, slots=True)
class Scope:
    type: str = "default"
    chat_id: int = 0
    user_id: int = 0


class Commands:
    def __init__(self) -> None:
        self._lists: dict[tuple[Scope, str], list[Command]] = {}

    def set(self, scope: Scope, language_code: str, commands: list[Command]) -> None:
        self._lists[scope, language_code] = commands

    def get(self, scope: Scope, language_code: str) -> list[Command]:
        return self._lists.get((scope, language_code), [])

    def delete(self, scope: Scope, language_code: str) -> None:
        self._lists.pop((scope, language_code), None)

    def seen_by(self, person: Person, chat: Chat | None) -> list[Command]:
        """The first list that is set, from the narrowest scope to the widest, the person's language before the rest."""
        for scope in _scopes(person, chat):
            for language_code in (person.language_code[:2], ""):
                if commands := self._lists.get((scope, language_code)):
                    return commands
        return []

    def all(self) -> Iterator[dict[str, Any]]:
        for (scope, language_code), commands in self._lists.items():
            shown: dict[str, Any] = {"type": scope.type}
            if scope.chat_id:
                shown["chat_id"] = scope.chat_id
            if scope.user_id:
                shown["user_id"] = scope.user_id
            yield {"scope": shown, "language_code": language_code, "commands": commands}


def _scopes(person: Person, chat: Chat | None) -> Iterator[Scope]:
    if chat and chat.type != "private":
        yield Scope("chat_member", chat.id, person.id)
        yield Scope("chat", chat.id)
        yield Scope("all_group_chats")
    else:
        yield Scope("chat", person.id)
        yield Scope("all_private_chats")
    yield Scope()
