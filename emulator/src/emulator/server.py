from __future__ import annotations

from aiohttp import web

from emulator import bot_api, control_api
from emulator.bot_account import BotAccount

LARGEST_REQUEST = 50 * 1024 * 1024  # bytes


def application(bot: BotAccount) -> web.Application:
    app = web.Application(client_max_size=LARGEST_REQUEST)
    app.add_routes(bot_api.routes(bot))
    app.add_subapp("/control", control_api.application(bot))
    return app


def serve(host: str, port: int, token: str) -> None:
    """Until SIGTERM or SIGINT."""
    web.run_app(application(BotAccount(token)), host=host, port=port, access_log=None, shutdown_timeout=1)
