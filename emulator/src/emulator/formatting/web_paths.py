"""Where the path of an address ends, in a text that goes on."""

from __future__ import annotations

import re

_PATH = re.compile(r"[/?#][^\s<>\"«»]*")
_GOES_ON = re.compile(r":[0-9]|[/#]", re.ASCII)
_ENDS_A_QUESTION = re.compile(r"[?.:;,('!`]*+(?=[\s<>\"«»)\]}]|\Z)")
_TRAILING = ".:;,('?!`"
_CLOSED_BY = {")": "(", "]": "[", "}": "{"}


def goes_on(text: str, position: int) -> bool:
    """Whether a port or a path follows; told without reading it to the end."""
    if text[position : position + 1] == "?":
        return not _ENDS_A_QUESTION.match(text, position)
    return bool(_GOES_ON.match(text, position))


def end_of_path(text: str, position: int) -> int:
    path = _PATH.match(text, position)
    if not path:
        return position
    return position + len(_balanced(path[0]).rstrip(_TRAILING))


def _balanced(path: str) -> str:
    """As much of it as closes no bracket it has not opened."""
    depth = dict.fromkeys("([{", 0)
    for index, character in enumerate(path):
        if character in depth:
            depth[character] += 1
        elif character in _CLOSED_BY:
            depth[_CLOSED_BY[character]] -= 1
            if depth[_CLOSED_BY[character]] < 0:
                return path[:index]
    return path
