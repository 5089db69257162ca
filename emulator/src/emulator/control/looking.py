"""The part of /control that changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import quote

from aiohttp import web

from emulator.control.http import LARGEST_NUMBER, answer, number
from emulator.errors import ControlError
from emulator.events import encode
from emulator.telegram import SHOWN_HISTORY, Telegram

LONGEST_WAIT = 60.0  # seconds


def routes(telegram: Telegram) -> list[web.RouteDef]:
    async def get_status(_: web.Request) -> web.Response:
        return answer(
            {
                "counts": telegram.shown_counts(),
                "settings": telegram.settings,
                "commands": list(telegram.commands.all()),
                "webhook": telegram.webhook.info(),
                "poll_is_waiting": telegram.updates.being_polled,
            }
        )

    async def get_events(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        try:
            async for event in telegram.events.watch(encode("snapshot", telegram.snapshot())):
                await response.write(event)
        except ConnectionResetError:
            pass  # the page was closed
        return response

    async def get_messages(request: web.Request) -> web.Response:
        """What the bot has sent or edited since the change `after`; waits up to `wait` seconds for the first."""
        chat_id, after = int(request.match_info["chat_id"]), int(number(request, "after"))

        def found() -> list[dict[str, object]]:
            chat = telegram.chats.get(chat_id)
            return [entry.shown() for entry in chat.changed_by_bot(after)] if chat else []

        await telegram.changed.wait_for(found, min(number(request, "wait"), LONGEST_WAIT))
        return answer({"entries": found()})

    async def get_entries(request: web.Request) -> web.Response:
        chat = telegram.chats.get(int(request.match_info["chat_id"]))
        if chat is None:
            raise ControlError(404, "There is no such chat.")
        before = int(number(request, "before")) or None
        entries, has_earlier = chat.newest(int(number(request, "limit", SHOWN_HISTORY, least=1)), before)
        return answer({"entries": [entry.shown() for entry in entries], "has_earlier": has_earlier})

    async def get_press(request: web.Request) -> web.Response:
        press = telegram.presses.get(request.match_info["id"])
        if press is None:
            raise ControlError(404, "There was no such press.")
        await telegram.changed.wait_for(lambda: press.answer, min(number(request, "wait"), LONGEST_WAIT))
        return answer(press.shown())

    async def get_payment(request: web.Request) -> web.Response:
        payment = telegram.payments.get(request.match_info["id"])
        if payment is None:
            raise ControlError(404, "There was no such payment.")
        await telegram.changed.wait_for(lambda: payment.answer, min(number(request, "wait"), LONGEST_WAIT))
        return answer(asdict(payment))

    async def get_calls(request: web.Request) -> web.Response:
        """Every call since the one with the number `after`, or the latest if there have been too many since."""
        wanted, after = request.query.get("method", "").lower(), int(number(request, "after"))
        calls = (call for call in telegram.calls if call.number > after)
        return answer({"calls": [call.shown() for call in calls if wanted in ("", call.method.lower())]})

    async def get_commands(request: web.Request) -> web.Response:
        person = telegram.people.get(int(request.match_info["id"]))
        if person is None:
            raise ControlError(404, "There is no such person.")
        chat = telegram.chats.get(int(number(request, "chat_id", person.id, least=-LARGEST_NUMBER)))
        return answer({"commands": telegram.commands.seen_by(person, chat)})

    async def get_file(request: web.Request) -> web.Response:
        file = telegram.files.find_unique(request.match_info["unique_id"])
        if file is None:
            raise ControlError(404, "There is no such file, or no longer.")
        headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
        if file.size is None:
            # Whatever a document holds, a browser saves it and does not open it here.
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name or 'file')}"
            return web.Response(body=file.content, content_type="application/octet-stream", headers=headers)
        return web.Response(body=file.content, content_type=file.mime_type, headers=headers)

    return [
        web.get("/status", get_status),
        web.get("/events", get_events),
        web.get("/chats/{chat_id:-?[0-9]+}/messages", get_messages),
        web.get("/chats/{chat_id:-?[0-9]+}/entries", get_entries),
        web.get("/presses/{id}", get_press),
        web.get("/payments/{id}", get_payment),
        web.get("/calls", get_calls),
        web.get("/people/{id:[0-9]+}/commands", get_commands),
        web.get("/files/{unique_id}", get_file),
    ]
