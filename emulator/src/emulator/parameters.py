"""The parameters of a call, which Telegram takes in four forms."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from emulator.errors import bad_request


async def read(request: web.Request) -> dict[str, Any]:
    """Query string and body together; what a form holds as JSON stays text. Raises ApiError 400."""
    parameters: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        try:
            values = json.loads(body) if body else {}
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(values, dict):
            raise bad_request("object expected")
        return parameters | values
    return parameters | dict(await request.post())


def integer(parameters: dict[str, Any], name: str, default: int | None = None) -> int:
    """Raises ApiError 400 when it is missing and has no default, or is not a number."""
    value = parameters.get(name, default)
    try:
        return int(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise bad_request(f'can\'t parse "{name}": an integer is expected') from None


def from_json(parameters: dict[str, Any], name: str, default: Any) -> Any:
    """A list or an object, given as such or as JSON text. Raises ApiError 400."""
    value = parameters.get(name, default)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {name} JSON object") from None
