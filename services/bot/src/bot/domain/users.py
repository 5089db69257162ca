from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NewType

from bot.domain.languages import language
from bot.domain.settings import Settings
from bot.domain.text import storable

UserId = NewType("UserId", int)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody says they are: everything here was typed by a stranger."""

    id: UserId
    username: str | None
    first_name: str
    #: What their Telegram speaks, as an IETF tag.
    language_code: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "first_name", storable(self.first_name))
        for name in ("username", "language_code"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, storable(value))


@dataclass(frozen=True, slots=True)
class User:
    """Somebody whom the bot remembers."""

    id: UserId
    username: str | None
    first_name: str
    created_at: datetime
    settings: dict[str, Any] = field(default_factory=dict)
    language_code: str | None = None
    #: When it was noticed that the user does not want to hear from the bot.
    blocked_at: datetime | None = None

    @property
    def chosen(self) -> Settings:
        return Settings.read(self.settings)

    @property
    def language(self) -> str:
        return language(self.chosen.language, self.language_code)
