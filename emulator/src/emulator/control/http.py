"""How /control reads its requests and writes its answers."""

from __future__ import annotations

import math
from typing import Any, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel

from emulator.errors import ControlError

LARGEST_NUMBER = 2**53

Model = TypeVar("Model", bound=BaseModel)


def answer(data: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(data), status=status, content_type="application/json")


async def read(request: web.Request, model: type[Model]) -> Model:
    """Raises ControlError for another content type, which a foreign page could send unasked; ValidationError."""
    if request.content_type != "application/json":
        raise ControlError(415, "Send JSON with Content-Type: application/json.")
    return model.model_validate_json(await request.read())


def check_sendable(data: Any) -> None:
    """Raises ControlError for what no JSON of Telegram's holds, such as integers of more than 64 bits."""
    try:
        orjson.dumps(data)
    except TypeError as error:
        raise ControlError(400, f"Telegram could not send that: {error}") from None


def number(request: web.Request, name: str, default: float = 0, least: float = 0) -> float:
    """A number of the query string. Raises ControlError."""
    try:
        given = float(request.query.get(name, default))
    except ValueError:
        given = math.nan
    if not least <= given < LARGEST_NUMBER:
        raise ControlError(400, f"{name} must be a number.")
    return given
