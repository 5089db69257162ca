"""Which spans may overlap, and what becomes of those that may not."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import pairwise

from emulator.formatting.spans import QUOTES, SPLITTABLE, VERBATIM, Span, in_order

_MOST = 100


def without_overlaps(spans: list[Span]) -> list[Span]:
    """Telegram's order, each style merged with itself and cut where something else begins or ends."""
    if len(spans) <= 1:
        return spans
    ordered = in_order(spans)
    quotes = _apart(span for span in ordered if span.kind in QUOTES)
    continuous = _apart(span for span in ordered if span.continuous)
    blocks = in_order([*quotes, *_respecting(quotes, continuous)])
    return in_order([*blocks, *_split([span for span in ordered if span.splittable], blocks)])


def apart_from(spans: list[Span], others: list[Span]) -> list[Span]:
    """Those that overlap no continuous one of the others."""
    taken = [other for other in others if other.continuous]
    ends = [other.end for other in taken]
    return [span for span in spans if not _reaches(span, taken, bisect_right(ends, span.start))]


def at_most_a_hundred(spans: list[Span]) -> list[Span]:
    """Styles are the first to go; custom emoji do not count."""
    counted = [span for span in spans if span.kind != "custom_emoji"]
    if len(counted) <= _MOST:
        return spans
    kept = sorted(counted, key=lambda span: span.splittable)[:_MOST]
    return in_order([*kept, *(span for span in spans if span.kind == "custom_emoji")])


def _reaches(span: Span, taken: list[Span], index: int) -> bool:
    return index < len(taken) and taken[index].start < span.end


def _apart(ordered: Iterable[Span]) -> list[Span]:
    """Those that overlap none of the ones kept before them."""
    kept: list[Span] = []
    for span in ordered:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _respecting(quotes: list[Span], spans: list[Span]) -> list[Span]:
    """Those that are inside of a quote or outside of it, not both."""
    ends = [quote.end for quote in quotes]
    return [span for span in spans if not _crosses(span, quotes, bisect_right(ends, span.start))]


def _crosses(span: Span, quotes: list[Span], index: int) -> bool:
    if index == len(quotes) or quotes[index].start >= span.end:
        return False
    return span.start < quotes[index].start or span.end > quotes[index].end


def _split(styles: list[Span], blocks: list[Span]) -> list[Span]:
    """A style is cut at every border of a block and wherever another style begins; verbatim text has none."""
    runs = [run for kind in SPLITTABLE for run in _merged(span for span in styles if span.kind == kind)]
    cuts = sorted({*_borders(blocks), *(run.start for run in runs)})
    verbatim = [block for block in blocks if block.kind in VERBATIM]
    starts = [block.start for block in verbatim]
    pieces = (piece for run in runs for piece in _pieces(run, cuts))
    return [piece for piece in pieces if not _within(piece, verbatim, bisect_right(starts, piece.start))]


def _merged(ordered: Iterable[Span]) -> list[Span]:
    """Spans of one kind, those that overlap or touch made one."""
    runs: list[Span] = []
    for span in ordered:
        if runs and span.start <= runs[-1].end:
            runs[-1] = runs[-1].moved(runs[-1].start, max(runs[-1].end, span.end))
        else:
            runs.append(span)
    return runs


def _borders(blocks: list[Span]) -> set[int]:
    return {border for block in blocks for border in (block.start, block.end)}


def _pieces(run: Span, cuts: list[int]) -> list[Span]:
    inside = cuts[bisect_right(cuts, run.start) : bisect_left(cuts, run.end)]
    return [run.moved(start, end) for start, end in pairwise([run.start, *inside, run.end])]


def _within(piece: Span, blocks: list[Span], following: int) -> bool:
    return following > 0 and piece.end <= blocks[following - 1].end
