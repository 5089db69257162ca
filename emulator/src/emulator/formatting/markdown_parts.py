"""What both kinds of Markdown read alike."""

from __future__ import annotations

import re

_WORD = re.compile("[^ \t\r\n\0\v`]*")
FENCE = "```"


def read_fence(source: str, position: int) -> tuple[str, int]:
    """The language after an opening fence, and where the code begins."""
    match = _WORD.match(source, position + len(FENCE))
    start, end = match.span() if match else (position, position)
    if start == end or end == len(source) or source[end] == "`":
        return "", _after_line_break(source, start)
    return source[start:end], _after_line_break(source, end)


def _after_line_break(source: str, position: int) -> int:
    if source[position : position + 2] in ("\r\n", "\n\r"):
        return position + 2
    return position + (source[position : position + 1] in ("\r", "\n") and position < len(source))
