"""/control: what a test or a person does on Telegram's side. docs/emulator.md lists it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import ValidationError

from emulator.control import doing, looking
from emulator.control.http import answer
from emulator.errors import ApiError, ControlError
from emulator.telegram import Telegram

LOOPBACK = ("127.0.0.1", "localhost", "::1")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(telegram: Telegram, names: tuple[str, ...]) -> web.Application:
    """`names`: hosts under which the server may be addressed, besides loopback."""
    app = web.Application(middlewares=[_guard((*LOOPBACK, *names)), _explain_errors])
    app.add_routes([*looking.routes(telegram), *doing.routes(telegram)])
    return app


def _guard(names: tuple[str, ...]) -> Any:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Pages of other sites, open in the same browser, get nothing and do nothing here."""
        if _host_name(request.host) not in names:
            raise web.HTTPForbidden(text=f"This server is not addressed as {request.host}.")
        origin = request.headers.get("Origin")
        if origin is not None and origin.partition("://")[2] != request.host:
            raise web.HTTPForbidden(text="Other sites' pages have no access.")
        return await handler(request)

    return guard


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


@web.middleware
async def _explain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What is wrong with a request, in words."""
    try:
        return await handler(request)
    except ControlError as error:
        return answer({"error": error.text}, error.status)
    except ApiError as error:
        return answer({"error": error.description}, 400)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        return answer({"error": wrong}, 400)
    except ValueError as error:
        return answer({"error": f"The request cannot be read: {error}"}, 400)
