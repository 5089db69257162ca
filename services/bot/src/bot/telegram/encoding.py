"""What aiogram's methods mean as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import orjson
from aiogram.client.default import Default, DefaultBotProperties
from aiogram.methods.base import TelegramMethod
from aiogram.types import InputFile, TelegramObject

_PLAIN = frozenset({str, int, bool, float})


def parameters(method: TelegramMethod[Any], default: DefaultBotProperties, files: list[InputFile]) -> dict[str, Any]:
    """What is given, with the values of `BaseSession.prepare_value`; files are left out and added to `files`."""
    given = {}
    for name, value in method.model_dump(warnings=False, exclude_none=True).items():
        plain = value if type(value) in _PLAIN else _plain(value, default, files)
        # To Telegram an empty text is one that is not given.
        if plain is not None and plain != "":
            given[name] = plain
    return given


def dumps(value: Any) -> bytes:
    """Raises TypeError or ValueError for what JSON does not have."""
    try:
        return orjson.dumps(value)
    except TypeError:  # half a character, or an integer of more than 64 bits
        return json.dumps(value).encode()


def _plain(value: Any, default: DefaultBotProperties, files: list[InputFile]) -> Any:
    kind = type(value)
    if kind in _PLAIN or value is None:
        return value
    if kind is dict:
        return {name: plain for name, item in value.items() if (plain := _plain(item, default, files)) is not None}
    if kind is list or kind is tuple:
        return [plain for item in value if (plain := _plain(item, default, files)) is not None]
    return _uncommon(value, default, files)


def _uncommon(value: Any, default: DefaultBotProperties, files: list[InputFile]) -> Any:
    match value:
        case Default():
            return _plain(default[value.name], default, files)
        case Enum():
            return _plain(value.value, default, files)
        case timedelta():
            return round((datetime.now(UTC) + value).timestamp())
        case datetime():
            return round(value.timestamp())
        case TelegramObject():
            return _plain(value.model_dump(warnings=False, exclude_none=True), default, files)
        case InputFile():
            files.append(value)
            return None
    return value
