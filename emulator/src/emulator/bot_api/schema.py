"""What the Bot API publishes about its methods, and where a call departs from it, which Telegram often passes over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from emulator.bot_api.arguments import Arguments
from emulator.bot_api.parsing import parse

_SCHEMA = json.loads(files("emulator.bot_api").joinpath("schema.json").read_text())
VERSION: str = _SCHEMA["version"]
#: For each method its parameters, for each of them the types that it may have.
PUBLISHED: dict[str, dict[str, list[Any]]] = _SCHEMA["methods"]
_TYPES: dict[str, dict[str, list[Any]]] = _SCHEMA["types"]

_BOOLEANS = ("true", "false", "True", "False", "1", "0")


def remarks(method: str, arguments: Arguments) -> list[str]:
    """What does not fit the published parameters, such as "chat: unknown" or "limit: Integer expected"."""
    found: list[str] = []
    for name, value in arguments.values.items():
        types = PUBLISHED[method].get(name)
        if types is None:
            found += [f"{name}: unknown"] if name != "method" else []
        elif not isinstance(value, str) or "String" not in types:
            found += _departures(name, _parsed(value, types), types)
    return found


def _parsed(value: Any, types: list[Any]) -> Any:
    """Forms carry everything as text."""
    if not isinstance(value, str) or "InputFile" in types:
        return value
    if types == ["Boolean"]:
        return value in _BOOLEANS or value
    try:
        return parse(value)
    except ValueError:
        return value


def _departures(place: str, value: Any, types: list[Any]) -> Iterator[str]:
    if any(_fits(value, one) for one in types):
        return
    within = [list(_within(place, value, one)) for one in types if _has_the_form(value, one)]
    if within:
        yield from min(within, key=len)
    else:
        yield f"{place}: {' or '.join(map(_named, types))} expected"


def _fits(value: Any, one: Any) -> bool:
    return _has_the_form(value, one) and not any(_within("", value, one))


def _has_the_form(value: Any, one: Any) -> bool:
    match one:
        case {"array": _}:
            return isinstance(value, list)
        case "Anything":
            return True
        case "String" | "InputFile":
            return isinstance(value, str)
        case "Boolean":
            return isinstance(value, bool)
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, dict)


def _within(place: str, value: Any, one: Any) -> Iterator[str]:
    if isinstance(one, dict):
        for number, element in enumerate(value):
            yield from _departures(f"{place}[{number}]", element, one["array"])
    elif isinstance(value, dict) and one in _TYPES:
        for name, field in value.items():
            if name not in _TYPES[one]:
                yield f"{place}.{name}: unknown"
            else:
                yield from _departures(f"{place}.{name}", field, _TYPES[one][name])


def _named(one: Any) -> str:
    return f"Array of {' or '.join(map(_named, one['array']))}" if isinstance(one, dict) else str(one)
