"""The arguments of a call, which Telegram takes in four forms and reads as text."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import ClientResponse, MultipartReader, web
from aiohttp.multipart import MultipartResponseWrapper

from emulator.bot_api.parsing import parse, parse_body
from emulator.errors import ApiError, bad_request
from emulator.files import Upload
from emulator.forms import NotUtf8, UnreadableForm, read_form

_INTEGER = re.compile("-?[0-9]+")
_LONGEST_INTEGER = 20  # digits; beyond every limit
_TRUE = ("true", "yes", "1")
NOT_UTF_8 = "strings must be encoded in UTF-8"

Reader = MultipartReader | MultipartResponseWrapper
#: A null that was given, which Telegram takes neither for a missing value nor for an object.
NULL = "null"


class EmptyAnswer(Exception):
    """The HTTP status that Telegram answers with an empty body when it cannot read a request."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Arguments:
    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Empty when it is missing."""
        value = self.values.get(name, "")
        if isinstance(value, str):
            return value
        return str(value) if type(value) is int else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0, least: int = -(2**63), most: int = 2**63 - 1) -> int:
        """As lenient as Telegram: digits at the start count, no digits are 0, what is out of range is the nearest."""
        value = self.values.get(name)
        if type(value) is not int:
            given = self.text(name)
            found = _INTEGER.match(given)
            value = int(found[0][:_LONGEST_INTEGER]) if found else 0 if given else default
        return min(max(value, least), most)

    def boolean(self, name: str) -> bool:
        return self.text(name).strip().lower() in _TRUE

    def json(self, name: str, failed: str) -> Any:
        """The parsed value, None when it is missing or empty. Raises ApiError 400 that says `failed`."""
        value = self.values.get(name, "")
        if isinstance(value, str):
            if not value:
                return None
            try:
                value = parse(value)
            except ValueError:
                raise bad_request(failed) from None
        return NULL if value is None else value

    def upload(self, name: str) -> Upload | None:
        """The file of the form field, or the one that the field's text points to with attach://."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self.files.get(value.removeprefix("attach://"))
        return self.files.get(name)


async def read(request: web.Request) -> Arguments:
    """Query string, then body; what comes first counts. Raises ApiError 400 and EmptyAnswer."""
    arguments = Arguments(dict(request.query))
    if not request.body_exists:
        return arguments
    if request.content_type == "multipart/form-data":
        await _take_form(request.multipart, arguments)
    else:
        _merge(arguments, _values(request.content_type, await request.read()))
    return arguments


async def read_answer(response: ClientResponse) -> Arguments:
    """The method that the bot's own server answers with, and its arguments; none where it answers something else."""
    arguments = Arguments()
    with suppress(ApiError, EmptyAnswer):
        if response.content_type == "multipart/form-data":
            await _take_form(partial(_answered_form, response), arguments)
        else:
            _merge(arguments, _values(response.content_type, await response.read()))
    return arguments


async def _answered_form(response: ClientResponse) -> MultipartResponseWrapper:
    return MultipartReader.from_response(response)


async def _take_form(open_form: Callable[[], Awaitable[Reader]], arguments: Arguments) -> None:
    try:
        form = await read_form(await open_form())
    except (UnreadableForm, AssertionError, ValueError):
        raise EmptyAnswer(400) from None
    except NotUtf8:
        raise bad_request(NOT_UTF_8) from None
    _merge(arguments, dict(form.values))
    arguments.files = form.files


def _values(content_type: str, body: bytes) -> dict[str, Any]:
    if content_type == "application/json":
        return parse_body(body)
    if content_type != "application/x-www-form-urlencoded":
        return {}
    values: dict[str, Any] = {}
    for name, value in parse_qsl(_text(body), keep_blank_values=True, errors="replace"):
        values.setdefault(name, value)
    return values


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise bad_request(NOT_UTF_8) from None


def _merge(arguments: Arguments, values: dict[str, Any]) -> None:
    arguments.values = values | arguments.values if arguments.values else values
