from __future__ import annotations

import re

_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([A-Za-z]+))", re.ASCII)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_LONGEST = 10
_HIGHEST = 0x10FFFF


def decode_reference(source: str, position: int) -> tuple[str, int]:
    """The character meant by `&...` at `position` and where it ends; the `&` itself if it means none."""
    match = _REFERENCE.match(source, position)
    character = _character(match) if match else ""
    if not match or not character:
        return "&", position + 1
    end = match.end()
    return character, end + source.startswith(";", end)


def decode_references(source: str) -> str:
    parts, position = [], 0
    while (ampersand := source.find("&", position)) >= 0:
        parts.append(source[position:ampersand])
        character, position = decode_reference(source, ampersand)
        parts.append(character)
    return "".join([*parts, source[position:]])


def _character(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED.get(name, "")
    if match.end() - match.start() >= _LONGEST:
        return ""
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < _HIGHEST else ""
