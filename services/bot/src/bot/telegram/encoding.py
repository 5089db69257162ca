"""What aiogram's methods mean as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import chain
from typing import Any

import orjson
from aiogram.client.default import Default, DefaultBotProperties
from aiogram.methods.base import TelegramMethod
from aiogram.types import InputFile
from pydantic import BaseModel

_PLAIN = frozenset({str, int, bool, float})


def parameters(method: TelegramMethod[Any], default: DefaultBotProperties, files: list[InputFile]) -> dict[str, Any]:
    """What is given, with the values of `BaseSession.prepare_value`; files are left out and added to `files`."""
    given = {}
    for name, value in _fields(method):
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
        case BaseModel():
            return {name: plain for name, item in _fields(value) if (plain := _plain(item, default, files)) is not None}
        case Enum():
            return _plain(value.value, default, files)
        case timedelta():
            return round((datetime.now(UTC) + value).timestamp())
        case datetime():
            return round(value.timestamp())
        case InputFile():
            files.append(value)
            return None
    return value


def _fields(model: BaseModel) -> Iterator[tuple[str, Any]]:
    """As they are: `model_dump` would copy all of them, and takes longer than all the rest."""
    extra = model.__pydantic_extra__
    return chain(model.__dict__.items(), extra.items()) if extra else iter(model.__dict__.items())
