from __future__ import annotations

from functools import partial
from importlib.resources import files

from aiohttp import web
from aiohttp.typedefs import Handler

from emulator.bot_api import server as bot_api
from emulator.control import server as control
from emulator.guard import guard
from emulator.telegram import Telegram

LARGEST_REQUEST = 51 * 1024 * 1024  # bytes
PAGE = files("emulator.page")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def application(telegram: Telegram, names: tuple[str, ...] = ()) -> web.Application:
    """`names`: hosts under which the server may be addressed, besides loopback."""
    telegram.execute = partial(bot_api.execute, telegram)
    app = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[guard(names), _safe])
    app.add_routes([web.get("/", _page), web.get("/page/{name}", _page)])
    app.add_routes(bot_api.routes(telegram))
    app.add_subapp("/control", control.application(telegram))

    async def stop(_: web.Application) -> None:
        telegram.events.close()
        await telegram.webhook.close()

    app.on_shutdown.append(stop)
    return app


def serve(host: str, port: int, telegram: Telegram, names: tuple[str, ...]) -> None:
    """Until SIGTERM or SIGINT."""
    web.run_app(
        application(telegram, names),
        host=host,
        port=port,
        access_log=None,
        shutdown_timeout=1,
        # A poll ends with its connection.
        handler_cancellation=True,
    )


async def _page(request: web.Request) -> web.Response:
    name = request.match_info.get("name", "index.html")
    if "/" in name or "\\" in name or "\0" in name:
        raise web.HTTPNotFound
    file = PAGE.joinpath(name)
    content_type = TYPES.get("." + file.name.rpartition(".")[2])
    if content_type is None or not file.is_file():
        raise web.HTTPNotFound
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": POLICY}
    return web.Response(body=file.read_bytes(), content_type=content_type, charset="utf-8", headers=headers)


@web.middleware
async def _safe(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if not response.prepared:
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
