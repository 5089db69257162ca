"""The fields of JSON objects, refused in Telegram's words where they do not fit."""

from __future__ import annotations

import re
from typing import Any, cast

JsonObject = dict[str, Any]

LARGEST = 2**63 - 1
_INTEGER = re.compile("-?[0-9]{1,19}")


class WrongField(Exception):
    """Told as part of a longer text."""


def text(fields: JsonObject, name: str, default: str | None = None) -> str:
    """Telegram takes a number too. Raises WrongField; without a default also where it is missing."""
    if name not in fields:
        return cast(str, _default(name, default))
    value = fields[name]
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise WrongField(f'Field "{name}" must be of type String')
    return str(value)


def integer(fields: JsonObject, name: str, most: int = 2**31 - 1) -> int:
    """Telegram takes a text that holds a number too. Raises WrongField."""
    value = fields[name] if name in fields else _default(name, None)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise WrongField(f'Field "{name}" must be {"of type Number" if most == 2**31 - 1 else "a Number"}')
    if not _INTEGER.fullmatch(str(value)) or not -most - 1 <= int(value) <= most:
        raise WrongField(f'Can\'t parse as an integer string "{value}"')
    return int(value)


def boolean(fields: JsonObject, name: str) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise WrongField(f'Field "{name}" must be of type Boolean')
    return value


def json_object(fields: JsonObject, name: str) -> JsonObject | None:
    if name not in fields:
        return None
    value = fields[name]
    if not isinstance(value, dict):
        raise WrongField(f'Field "{name}" must be of type Object')
    return value


def required_object(fields: JsonObject, name: str) -> JsonObject:
    found = json_object(fields, name)
    return _default(name, None) if found is None else found


def array(fields: JsonObject, name: str) -> list[Any]:
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise WrongField(f'Field "{name}" must be of type Array')
    return value


def lower_first(description: str) -> str:
    """What follows "Bad Request: " begins with a small letter, unless it is a code such as BUTTON_DATA_INVALID."""
    if len(description) > 1 and (description[1] == "_" or description[1].isupper()):
        return description
    return description[:1].lower() + description[1:]


def _default(name: str, default: Any) -> Any:
    if default is None:
        raise WrongField(f'Can\'t find field "{name}"')
    return default
