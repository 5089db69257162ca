"""JSON as Telegram reads it: not too deep, and up to its first mistake."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import orjson

from emulator.errors import bad_request

DEEPEST = 100  # levels

_OPENED = re.compile(r"\s*\{")
_BETWEEN = re.compile(r"[\s,]*")
_COLON = re.compile(r"\s*:\s*")
_SCANNER = json.JSONDecoder()


def parse(source: str | bytes) -> Any:
    """Raises ValueError."""
    value = orjson.loads(source)
    _check_depth(value, DEEPEST)
    return value


def parse_body(body: bytes) -> dict[str, Any]:
    """The fields of the object; those before a mistake stay. Raises ApiError 400 for what is not UTF-8."""
    try:
        values = parse(body)
    except ValueError as error:
        if re.search("surrogate|UTF-8", str(error), re.IGNORECASE):
            raise bad_request("strings must be encoded in UTF-8") from None
        return _before_mistake(body.decode(errors="replace"))
    return values if isinstance(values, dict) else {}


def _check_depth(value: Any, left: int) -> None:
    if not isinstance(value, (dict, list)):
        return
    if not left:
        raise ValueError("too deep")
    for child in value.values() if isinstance(value, dict) else value:
        _check_depth(child, left - 1)


def _before_mistake(source: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with suppress(ValueError, RecursionError):
        position = _end(_OPENED, source, 0)
        while True:
            name, position = _SCANNER.raw_decode(source, _end(_BETWEEN, source, position))
            value, position = _SCANNER.raw_decode(source, _end(_COLON, source, position))
            found.setdefault(str(name), parse(json.dumps(value)))
    return found


def _end(pattern: re.Pattern[str], source: str, position: int) -> int:
    found = pattern.match(source, position)
    if found is None:
        raise ValueError
    return found.end()
