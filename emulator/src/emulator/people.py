from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

User = dict[str, Any]

_DESCRIPTION = ("id", "first_name", "last_name", "username")


@dataclass
class Person:
    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_premium: bool = False
    #: Has blocked the bot.
    blocked: bool = False
    #: The account was deleted.
    deactivated: bool = False

    @property
    def user(self) -> User:
        """As the sender of an update."""
        user: User = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code", "is_premium"):
            if value := getattr(self, name):
                user[name] = value
        return user

    @property
    def chat(self) -> dict[str, Any]:
        """The private chat with this person."""
        shown = {name: value for name in _DESCRIPTION if (value := getattr(self, name)) != ""}
        return shown | {"type": "private"}


class People:
    def __init__(self) -> None:
        self._people: dict[int, Person] = {}

    def __iter__(self) -> Iterator[Person]:
        return iter(self._people.values())

    def get(self, person_id: int) -> Person | None:
        return self._people.get(person_id)

    def put(self, person: Person) -> Person:
        """Adds the person, or gives a known one new names; blocking and deactivation stay as they were."""
        known = self._people.get(person.id)
        if known:
            person.blocked, person.deactivated = known.blocked, known.deactivated
        self._people[person.id] = person
        return person
