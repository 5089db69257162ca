"""A stretch of text and what it is, before it becomes an entity of the Bot API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
VERBATIM = frozenset({"code", "pre"})

_PRIORITY = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}
_PRIORITY_OF_PRE_WITH_LANGUAGE = 10
_PRIORITY_OF_THE_REST = 50


@dataclass(frozen=True, slots=True)
class Span:
    """`start` and `end` are in UTF-16 units; `details` are the entity's fields after its type."""

    start: int
    end: int
    kind: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def splittable(self) -> bool:
        return self.kind in SPLITTABLE

    @property
    def continuous(self) -> bool:
        return not self.splittable and self.kind not in QUOTES

    def moved(self, start: int, end: int) -> Span:
        return Span(start, end, self.kind, self.details)

    def detailed(self, details: Mapping[str, Any]) -> Span:
        return Span(self.start, self.end, self.kind, details)

    def entity(self) -> dict[str, Any]:
        return {"offset": self.start, "length": self.end - self.start, "type": self.kind, **self.details}


def in_order(spans: Iterable[Span]) -> list[Span]:
    """As Telegram lists entities: the first and the longest go before."""
    return sorted(spans, key=lambda span: (span.start, -span.end, _priority(span)))


def utf16_length(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_places(text: str, indexes: list[int]) -> list[int]:
    """Where in UTF-16 units the characters at these ascending indexes begin."""
    if text.isascii():
        return indexes
    lengths = (utf16_length(text[start:end]) for start, end in pairwise([0, *indexes]))
    return list(accumulate(lengths))


def byte_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _priority(span: Span) -> int:
    if span.kind == "pre" and "language" in span.details:
        return _PRIORITY_OF_PRE_WITH_LANGUAGE
    return _PRIORITY.get(span.kind, _PRIORITY_OF_THE_REST)
