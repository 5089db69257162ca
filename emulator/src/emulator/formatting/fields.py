"""Fields of JSON objects, read as leniently as Telegram does."""

from __future__ import annotations

import re
from typing import Any

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})", re.ASCII)
_INT32_MAX = 2**31 - 1


class WrongField(Exception):
    """Its text is Telegram's."""


def string(fields: dict[str, Any], name: str) -> str:
    value = _required(fields, name)
    if isinstance(value, str):
        return value
    if not _is_number(value):
        raise WrongField(f'Field "{name}" must be of type String')
    return str(value)


def optional_string(fields: dict[str, Any], name: str) -> str:
    return string(fields, name) if name in fields else ""


def integer(fields: dict[str, Any], name: str, highest: int) -> int:
    value = _required(fields, name)
    if not isinstance(value, str) and not _is_number(value):
        raise WrongField(f'Field "{name}" must be {"of type Number" if highest <= _INT32_MAX else "a Number"}')
    text = str(value)
    if not _INTEGER.fullmatch(text) or not -highest - 1 <= int(text) <= highest:
        raise WrongField(f'Can\'t parse as an integer string "{text}"')
    return int(text)


def required_object(fields: dict[str, Any], name: str) -> dict[str, Any]:
    value = _required(fields, name)
    if not isinstance(value, dict):
        raise WrongField(f'Field "{name}" must be of type Object')
    return value


def _required(fields: dict[str, Any], name: str) -> Any:
    if name not in fields:
        raise WrongField(f'Can\'t find field "{name}"')
    return fields[name]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
