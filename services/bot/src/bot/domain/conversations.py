from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.text import storable

#: Levels of lists and dicts.
DEEPEST_DATA = 100
#: Bytes of JSON in one change.
LARGEST_DATA = 2**20


@dataclass(frozen=True, slots=True, order=True)
class ConversationKey:
    bot_id: int
    chat_id: int
    user_id: int
    thread_id: int = 0
    business_connection_id: str = ""
    destiny: str = "default"

    def __post_init__(self) -> None:
        object.__setattr__(self, "business_connection_id", _storable_text(self.business_connection_id))
        object.__setattr__(self, "destiny", _storable_text(self.destiny))


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a conversation of several messages stands; the default says that there is none."""

    state: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConversationChange:
    """What a handler did to a conversation: first the replacements, then what is merged into the data.

    Raises TypeError or ValueError for data that JSON cannot carry, or that is deeper or larger than it may be.
    """

    sets_state: bool = False
    state: str | None = None
    #: None: the data stays.
    replaced: Mapping[str, Any] | None = None
    merged: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.state is not None:
            object.__setattr__(self, "state", _storable_text(self.state))
        if self.replaced is not None:
            object.__setattr__(self, "replaced", _storable_data(self.replaced))
        object.__setattr__(self, "merged", _storable_data(self.merged))

    @property
    def is_empty(self) -> bool:
        return not self.sets_state and self.replaced is None and not self.merged

    @property
    def only_removes(self) -> bool:
        """Nothing of it has to be kept where there is no conversation yet."""
        sets = self.sets_state and self.state is not None
        return not sets and not self.replaced and not self.merged

    def then(self, later: ConversationChange) -> ConversationChange:
        """Both as one change."""
        sets_state, state = self.sets_state or later.sets_state, (later if later.sets_state else self).state
        if later.replaced is not None:
            return ConversationChange(sets_state, state, later.replaced, later.merged)
        return ConversationChange(sets_state, state, self.replaced, {**self.merged, **later.merged})

    def applied(self, to: Conversation) -> Conversation:
        state = self.state if self.sets_state else to.state
        return Conversation(state, {**(to.data if self.replaced is None else self.replaced), **self.merged})

    def alters(self, conversation: Conversation) -> bool:
        # Compared as JSON, since in Python 1 and True are equal.
        return _as_json(self.applied(conversation)) != _as_json(conversation)


def _as_json(conversation: Conversation) -> str:
    return json.dumps([conversation.state, conversation.data], sort_keys=True)


def _storable_data(data: Mapping[str, Any]) -> dict[str, Any]:
    if not data:
        return {}
    copied: dict[str, Any] = _storable(data, DEEPEST_DATA)
    size = len(json.dumps(copied, ensure_ascii=False).encode())
    if size > LARGEST_DATA:
        raise ValueError(f"{size} bytes are too large for a conversation's data, which may have {LARGEST_DATA}")
    return copied


def _storable(value: Any, levels: int) -> Any:
    match value:
        case None | bool():
            return value
        case str():
            return _storable_text(value)
        case int():
            return int(value)
        case float() if math.isfinite(value):
            return float(value)
        case float():
            raise ValueError(f"a conversation's data is JSON, which has no {value}")
        case Mapping() | list() | tuple() if not levels:
            raise ValueError(f"a conversation's data may be {DEEPEST_DATA} levels deep")
        case Mapping():
            return {_storable_text(name): _storable(inner, levels - 1) for name, inner in value.items()}
        case list() | tuple():
            return [_storable(inner, levels - 1) for inner in value]
    raise TypeError(f"a conversation's data is JSON, which has no {type(value).__name__}")


def _storable_text(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"states and names in a conversation's data are text, not {type(text).__name__}")
    return storable(str.__str__(text))
