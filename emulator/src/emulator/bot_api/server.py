"""/bot<token>/<method> and /file/bot<token>/<path>, as Telegram answers them, on good days and on bad ones."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import struct
from typing import Any

import orjson
from aiohttp import ClientResponse, web

from emulator.bot_api import arguments as reading
from emulator.bot_api.arguments import Arguments, EmptyAnswer
from emulator.bot_api.methods import METHODS
from emulator.bot_api.methods.receiving import Described
from emulator.bot_api.schema import PUBLISHED, remarks
from emulator.errors import ApiError
from emulator.faults import Fault
from emulator.telegram import GET_UPDATES, Telegram

_log = logging.getLogger(__name__)
_METHODS = {name.lower(): method for name, method in METHODS.items()}
_PUBLISHED = {name.lower(): name for name in PUBLISHED}
LONGEST_TOKEN = 80  # bytes
HIGHEST_BOT_ID = 2**54
MALFORMED = "Unauthorized: invalid token specified"
_NUMBER = re.compile("-?[0-9]{1,18}")
NOBODY_THERE = 499  # HTTP status of an answer that nobody gets
_NOT_BY_WEBHOOK = ("deletewebhook", "setwebhook", "close", "logout")


def routes(telegram: Telegram) -> list[web.RouteDef]:
    async def call(request: web.Request) -> web.StreamResponse:
        if request.method not in ("GET", "POST"):
            return web.Response(status=501)
        try:
            return await _answer(telegram, request)
        except ApiError as error:
            return _refusal(error)
        except EmptyAnswer as answer:
            return _empty(answer)

    async def download(request: web.Request) -> web.StreamResponse:
        file = telegram.files.find_path(request.match_info["path"])
        if request.match_info["token"] != telegram.token or file is None:
            return _refusal(ApiError(404, "Not Found"))
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def not_found(_: web.Request) -> web.StreamResponse:
        return _refusal(ApiError(404, "Not Found"))

    return [
        web.get("/file/bot{token}/{path:.+}", download),
        web.route("*", r"/bot{token:[^/]*}/{method:[^/]*}", call),
        web.route("*", r"/bot{rest:.*}", not_found),
    ]


async def execute(telegram: Telegram, response: ClientResponse) -> None:
    """The method that came with the answer to a webhook's delivery; its result is lost, as at Telegram."""
    arguments = await reading.read_answer(response)
    name = arguments.text("method").lower()
    if name.startswith("get") or name in _NOT_BY_WEBHOOK or name not in _PUBLISHED:
        return
    del arguments.values["method"]
    await _carry_out(telegram, None, name, arguments)


async def _answer(telegram: Telegram, request: web.Request) -> web.StreamResponse:
    _check_token(request.match_info["token"], telegram.token)
    arguments = await reading.read(request)
    name = (request.match_info["method"] or arguments.text("method")).lower()
    if name not in _PUBLISHED:
        raise ApiError(404, "Not Found: method not found")
    carried_out = _carry_out(telegram, request, name, arguments)
    if name == GET_UPDATES.lower():
        return await carried_out
    # What Telegram has begun it ends, whether or not the bot waits for the answer.
    return await asyncio.shield(asyncio.ensure_future(carried_out))


async def _carry_out(
    telegram: Telegram, request: web.Request | None, name: str, arguments: Arguments
) -> web.StreamResponse:
    """From the record of the call to its answer, which nobody gets where there is no request."""
    shown = _PUBLISHED[name]
    call = telegram.record(shown, arguments.values, remarks(shown, arguments))
    try:
        failure, result = await _with_faults(telegram, name, arguments)
        response = await _failure(request, failure) if failure else _success(result)
        failed = failure is not None
    except ApiError as error:
        response, failed = _refusal(error), error.code == 429
    except EmptyAnswer as answer:
        response, failed = _empty(answer), False
    except Exception:  # noqa: BLE001 - told to the bot, as Telegram does, and logged
        _log.exception("%s could not be answered", shown)
        response, failed = _refusal(ApiError(500, "Internal Server Error")), True
    is_lost = request is not None and (request.transport is None or request.transport.is_closing())
    telegram.answered(call, NOBODY_THERE if is_lost else response.status, failed or is_lost)
    return response


async def _with_faults(telegram: Telegram, name: str, arguments: Arguments) -> tuple[Fault | None, Any]:
    """What spoils the answer, if anything, and the result."""
    known = telegram.faults.newest
    struck = _strike(telegram, name)
    early = any(fault.executed for fault in struck)
    result = await _run(telegram, name, arguments) if early else None
    failure = await _befall(struck)
    if not early and not failure:
        result = await _run(telegram, name, arguments)
    if name == GET_UPDATES.lower() and not failure:
        # What has befallen Telegram while a poll waited befalls the poll's answer.
        failure = await _befall(_strike(telegram, name, after=known))
    return failure, result


def _strike(telegram: Telegram, name: str, after: int = 0) -> list[Fault]:
    struck = telegram.faults.strike(name, after)
    if struck:
        telegram.publish_faults()
    return struck


async def _befall(struck: list[Fault]) -> Fault | None:
    """Waits out the delays; the failure that remains, if any."""
    for fault in struck:
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
    return next((fault for fault in struck if fault.kind != "delay"), None)


async def _run(telegram: Telegram, name: str, arguments: Arguments) -> Any:
    if name not in _METHODS:
        raise ApiError(400, f"Bad Request: this emulator does not have the method {_PUBLISHED[name]}")
    return await _METHODS[name](telegram, arguments)


def _check_token(given: str, expected: str) -> None:
    if given == expected:
        return
    bot_id, colon, _ = given.partition(":")
    if given.startswith("0") or len(given.encode()) > LONGEST_TOKEN or not colon:
        raise ApiError(401, MALFORMED)
    if not _NUMBER.fullmatch(bot_id):
        raise ApiError(421, "Misdirected Request: unallowed token specified")
    if not 0 < int(bot_id) < HIGHEST_BOT_ID:
        raise ApiError(401, MALFORMED)
    raise ApiError(401, "Unauthorized")


def _success(result: Any) -> web.Response:
    body = {"ok": True, "result": result}
    if isinstance(result, Described):
        body = {"ok": True, "result": result.result, "description": result.description}
    return web.Response(body=orjson.dumps(body), content_type="application/json")


def _empty(answer: EmptyAnswer) -> web.Response:
    return web.Response(status=answer.code, headers={"Connection": "close"})


def _refusal(error: ApiError) -> web.Response:
    headers = {"Retry-After": str(error.parameters["retry_after"])} if "retry_after" in error.parameters else {}
    body = orjson.dumps(error.body())
    return web.Response(body=body, status=error.code, content_type="application/json", headers=headers)


async def _failure(request: web.Request | None, fault: Fault) -> web.StreamResponse:
    match fault.kind:
        case "status":
            return _broken(fault.error())
        case "garbage":
            return web.Response(body=b'{"ok": true, "result": \xff\xfe', content_type="application/json")
    _cut(request, fault.kind)
    return web.Response(status=NOBODY_THERE)


def _broken(error: ApiError) -> web.Response:
    """A gateway's failure is a page, everything else Telegram's own answer."""
    if error.code not in (502, 504):
        return _refusal(error)
    page = f"<html><head><title>{error.code} {error.description}</title></head></html>"
    return web.Response(text=page, content_type="text/html", status=error.code)


def _cut(request: web.Request | None, kind: str) -> None:
    transport = request.transport if request else None
    if transport is None:
        return
    if kind == "cut_off":
        transport.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"ok": tr')
        transport.close()
        return
    # Not a polite end: the other side sees "connection reset by peer".
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
