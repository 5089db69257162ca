"""Keeps out pages of other sites that are open in the same browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

LOOPBACK = ("127.0.0.1", "localhost", "::1")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guard(names: tuple[str, ...]) -> Any:
    """`names`: hosts under which a browser may address the server, besides loopback."""
    known = (*LOOPBACK, *map(str.lower, names))

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        # Bots reach the Bot API under any name, a container's for instance; browsers say where a request is from.
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        is_for_bots = request.path.startswith(("/bot", "/file/bot")) and origin is None and site is None
        if not is_for_bots and _host_name(request.host) not in known:
            raise web.HTTPForbidden(text=f"This server is not addressed as {request.host}. Its --name tells how it is.")
        if site not in (None, "none", "same-origin") or (
            origin is not None and origin.partition("://")[2] != request.host
        ):
            raise web.HTTPForbidden(text="Other sites' pages have no access.")
        return await handler(request)

    return guarded


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
