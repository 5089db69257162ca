from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list that is ordered by ids: behind one, or, going back, before one."""

    id: int | None = None
    back: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: Sequence[T]
    has_previous: bool
    has_next: bool


def page(found: Sequence[T], cursor: Cursor, size: int) -> Page[T]:
    """`found`: up to `size` + 1 items, in the direction in which the cursor looks."""
    more, items = len(found) > size, list(found[:size])
    if cursor.back:
        return Page(items[::-1], has_previous=more, has_next=True)
    return Page(items, has_previous=cursor.id is not None, has_next=more)
