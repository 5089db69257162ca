"""What a chart shows, in the words of its reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count


@dataclass(frozen=True, slots=True)
class Tick:
    at: int
    label: str


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    #: What all values make together.
    total: str
    #: Not negative; a bar for each.
    values: Sequence[int]
    #: The first is at 0, the last at the highest value or above it.
    ticks: Sequence[Tick]


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels one below the other, over the same days."""

    panels: Sequence[Panel]
    #: At some of the values, counted from 0.
    days: Sequence[Tick]
    #: What to say where all values are 0.
    empty: str


def scale(highest: int, steps: int) -> range:
    """Round numbers from 0 to the highest or above it, in at most so many steps. Only 0 where there is nothing."""
    step = next(step for step in _round_numbers() if step * steps >= highest)
    return range(0, highest + step, step) if highest else range(1)


def _round_numbers() -> Iterator[int]:
    return (factor * 10**zeros for zeros in count() for factor in (1, 2, 5))
