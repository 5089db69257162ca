"""Making a text what Telegram keeps of it: no control characters, no space around it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from emulator.formatting.spans import VERBATIM, Span, byte_length, utf16_length, utf16_places

_REMOVED = "\r\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u0333\u033f\u030a"
_UNWANTED = re.compile(f"[\0-\t\v-\x1f{_REMOVED}\u200e\u200f]")
_TO_REMOVE = re.compile(f"[{_REMOVED}]")
_TRANSLATION = {code: " " for code in range(32) if chr(code) != "\n"} | dict.fromkeys(map(ord, _REMOVED))
_DIRECTION_BEFORE_ANOTHER = re.compile("[\u200e\u200f](?=[\u200e\u200f])")
_VISIBLE = re.compile(
    "[^ \n\u00a0\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc\U000e0000-\U000e007f]"
)
_BLANK = re.compile("[ \n]+")
_SPACE = " \n"
_MEANT_EVEN_IF_BLANK = VERBATIM | {"text_link", "text_mention"}
_LONGEST = 35000


def cleaned(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    if not _UNWANTED.search(text):
        return text, spans
    moved = _after_removal(text, spans) if spans else spans
    return _DIRECTION_BEFORE_ANOTHER.sub("\u200c", text.translate(_TRANSLATION)), moved


def trimmed(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    """Empty if there is nothing to see; space at the start stays where a span begins before it ends."""
    if not _VISIBLE.search(text):
        return "", []
    text = text.rstrip(_SPACE)
    spans = _cut(spans, utf16_length(text)) if spans else spans
    leading = len(text) - len(text.lstrip(_SPACE))
    if not leading:
        return text, spans
    leading = min([leading, *(span.start for span in spans)])
    return text[leading:], [span.moved(span.start - leading, span.end - leading) for span in spans]


def without_blank(text: str, spans: list[Span]) -> list[Span]:
    """Without those that show nothing: the styles of mere space."""
    if not spans:
        return spans
    borders = [border for blank in _BLANK.finditer(text) for border in blank.span()]
    places = utf16_places(text, borders)
    starts, ends = places[::2], places[1::2]
    return [span for span in spans if span.kind in _MEANT_EVEN_IF_BLANK or not _within(span, starts, ends)]


def shortened(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    if len(text) * 4 <= _LONGEST or byte_length(text) <= _LONGEST:
        return text, spans
    text = text.encode("utf-8", "surrogatepass")[:_LONGEST].decode("utf-8", "ignore")
    return text, _cut(spans, utf16_length(text))


def _after_removal(text: str, spans: list[Span]) -> list[Span]:
    removed = utf16_places(text, [match.start() for match in _TO_REMOVE.finditer(text)])

    def moved(place: int) -> int:
        return place - bisect_left(removed, place)

    shifted = [span.moved(moved(span.start), moved(span.end)) for span in spans]
    return [span for span in shifted if span.end > span.start]


def _cut(spans: list[Span], end: int) -> list[Span]:
    return [span.moved(span.start, min(span.end, end)) for span in spans if span.start < end]


def _within(span: Span, starts: list[int], ends: list[int]) -> bool:
    last = bisect_right(starts, span.start) - 1
    return last >= 0 and span.end <= ends[last]
