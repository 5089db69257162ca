"""/control: what a test or a person does on Telegram's side.

POST /control/messages                {"user": {"id", "first_name", …}, "text"}   somebody writes to the bot
POST /control/updates                 {"updates": [{…}, …]}                       anything at all arrives
GET  /control/chats/ID/messages       ?after=MESSAGE_ID&wait=SECONDS              what the bot said since
DELETE /control/faults                                                            no more failures
POST /control/faults                  {"method", "status", "times", "retry_after"}  the next calls of a method fail
GET  /control/calls                   ?method=NAME                                every call of the bot, with its time
GET  /control/status                                                              updates not confirmed yet
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from emulator.bot_account import BotAccount
from emulator.chats import Message, typed_by_a_user

LONGEST_WAIT = 60.0  # seconds


def application(bot: BotAccount) -> web.Application:
    async def post_message(request: web.Request) -> web.Response:
        body = await request.json()
        user = {"is_bot": False, **body["user"]}
        message = bot.chats.with_user(user).add(user, **typed_by_a_user(body["text"]))
        update_id = bot.updates.add({"message": message})
        return web.json_response({"update_id": update_id, "message_id": message["message_id"]})

    async def post_updates(request: web.Request) -> web.Response:
        body = await request.json()
        return web.json_response({"update_ids": [bot.updates.add(update) for update in body["updates"]]})

    async def post_fault(request: web.Request) -> web.Response:
        body = await request.json()
        bot.faults.add(body["method"], body["status"], body.get("times", 1), body.get("retry_after"))
        return web.json_response({})

    async def delete_faults(_: web.Request) -> web.Response:
        bot.faults.clear()
        return web.json_response({})

    async def get_messages(request: web.Request) -> web.Response:
        chat_id = int(request.match_info["chat_id"])
        after = int(request.query.get("after", 0))

        def said() -> list[Message]:
            return _said_by(bot, chat_id, after)

        wait = min(float(request.query.get("wait", 0)), LONGEST_WAIT)
        await bot.chats.wait_for(lambda: bool(said()), wait)
        return web.json_response({"messages": said()})

    async def get_calls(request: web.Request) -> web.Response:
        wanted = request.query.get("method", "").lower()
        calls = [asdict(call) for call in bot.calls if wanted in ("", call.method.lower())]
        return web.json_response({"calls": calls})

    async def get_status(_: web.Request) -> web.Response:
        return web.json_response({"unconfirmed_updates": len(bot.updates), "commands": bot.commands})

    app = web.Application(middlewares=[explain_errors])
    app.add_routes(
        [
            web.post("/messages", post_message),
            web.post("/updates", post_updates),
            web.post("/faults", post_fault),
            web.delete("/faults", delete_faults),
            web.get("/chats/{chat_id}/messages", get_messages),
            web.get("/calls", get_calls),
            web.get("/status", get_status),
        ]
    )
    return app


def _said_by(bot: BotAccount, chat_id: int, after: int) -> list[dict[str, Any]]:
    chat = bot.chats.find(chat_id)
    return [message for message in chat.messages[after:] if message["from"]["is_bot"]] if chat else []


@web.middleware
async def explain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A malformed request is told what is wrong with it."""
    try:
        return await handler(request)
    except (KeyError, TypeError, ValueError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
