"""/bot<token>/<method>, as Telegram answers it."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from emulator import parameters
from emulator.bot_account import BotAccount
from emulator.errors import ApiError
from emulator.methods import METHODS


def routes(bot: BotAccount) -> list[web.RouteDef]:
    async def call(request: web.Request) -> web.Response:
        try:
            return web.json_response({"ok": True, "result": await _result(bot, request)})
        except ApiError as error:
            if error.code == HTTPStatus.BAD_GATEWAY:
                return web.Response(
                    text=f"<html>{error.description}</html>", content_type="text/html", status=error.code
                )
            return web.json_response(error.body(), status=error.code)

    return [web.route("*", "/bot{token}/{method}", call)]


async def _result(bot: BotAccount, request: web.Request) -> object:
    if request.match_info["token"] != bot.token:
        raise ApiError(401, "Unauthorized")
    name = request.match_info["method"]
    method = METHODS.get(name.lower())
    if method is None:
        raise ApiError(404, "Not Found: method not found")
    values = await parameters.read(request)
    bot.record(name, values)
    bot.faults.strike(name)
    return await method(bot, values)
