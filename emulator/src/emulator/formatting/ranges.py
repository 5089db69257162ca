"""Entities a bot gives must begin and end between the characters of the text."""

from __future__ import annotations

import re

from emulator.errors import bad_request
from emulator.formatting.spans import Span, byte_length, utf16_length, utf16_places

_PAIR = re.compile("[\U00010000-\U0010ffff]")


def check_ranges(text: str, spans: list[Span]) -> None:
    """The first wrong place in the text is told; of one place, an end before a beginning."""
    _check_middles(text, spans)
    end = utf16_length(text)
    for span in spans:
        if span.start > end:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {span.start}")
    for span in spans:
        if span.end > end:
            raise bad_request(
                f"entity beginning at UTF-16 offset {span.start} "
                f"ends after the end of the text at UTF-16 offset {span.end}"
            )


def _check_middles(text: str, spans: list[Span]) -> None:
    pairs = [match.start() for match in _PAIR.finditer(text)]
    indexes = {place + 1: index for place, index in zip(utf16_places(text, pairs), pairs, strict=True)}
    wrong = [(span.end, 0, span.start) for span in spans if span.end in indexes]
    wrong += [(span.start, 1, 0) for span in spans if span.start in indexes]
    if not wrong:
        return
    place, begins, start = min(wrong)
    which = "begins" if begins else f"beginning at UTF-16 offset {start} ends"
    offset = byte_length(text[: indexes[place] + 1])
    raise bad_request(f"entity {which} in a middle of a UTF-16 symbol at byte offset {offset}")
