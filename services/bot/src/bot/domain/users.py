from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NewType

from bot.domain.text import storable

UserId = NewType("UserId", int)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody says they are: everything here was typed by a stranger."""

    id: UserId
    username: str | None
    first_name: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "first_name", storable(self.first_name))
        if self.username is not None:
            object.__setattr__(self, "username", storable(self.username))


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who has sent /start."""

    id: UserId
    username: str | None
    first_name: str
    created_at: datetime
    settings: dict[str, Any] = field(default_factory=dict)
