"""The part of /control that does something."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from emulator import checkout, conversation
from emulator.chats import Chat
from emulator.control.http import answer, check_sendable, read
from emulator.control.introductions import introduce
from emulator.control.requests import (
    HIGHEST_ID,
    AboutMessage,
    Doing,
    EditBody,
    FaultBody,
    FileBody,
    GroupBody,
    GroupStandingBody,
    LocationBody,
    MessageBody,
    PersonBody,
    PressBody,
    ResetBody,
    SettingsBody,
    StandingBody,
    UpdatesBody,
)
from emulator.errors import ControlError
from emulator.faults import Fault
from emulator.files import LARGEST_DOCUMENT, Upload
from emulator.forms import NotUtf8, UnreadableForm, read_form
from emulator.people import Person
from emulator.telegram import Telegram


def routes(telegram: Telegram) -> list[web.RouteDef]:
    return [*_people(telegram), *_conversation(telegram), *_trouble(telegram)]


def _people(telegram: Telegram) -> list[web.RouteDef]:
    async def put_person(request: web.Request) -> web.Response:
        body = await read(request, PersonBody)
        person_id = int(request.match_info["id"])
        if person_id >= HIGHEST_ID:
            raise ControlError(400, f"Ids are smaller than {HIGHEST_ID}.")
        telegram.put_person(Person(person_id, **body.model_dump()))
        return answer({})

    async def patch_person(request: web.Request) -> web.Response:
        body = await read(request, StandingBody)
        person = conversation.person(telegram, int(request.match_info["id"]))
        if body.blocked is not None:
            conversation.set_blocked(telegram, person, body.blocked)
        if body.deactivated is not None:
            person.deactivated = body.deactivated
            telegram.publish_person(person)
        return answer({})

    async def post_group(request: web.Request) -> web.Response:
        body = await read(request, GroupBody)
        founder = conversation.person(telegram, body.members[0])
        for member in body.members:
            conversation.person(telegram, member)
        conversation.add_group(telegram, founder, Chat(body.id, body.type, body.title, set(body.members)))
        return answer({})

    async def patch_group(request: web.Request) -> web.Response:
        body = await read(request, GroupStandingBody)
        member = conversation.person(telegram, body.person_id)
        group = conversation.chat_of(telegram, member, int(request.match_info["id"]))
        if body.bot_status == "kicked":
            conversation.put_bot_out(telegram, member, group)
        if body.upgrade_to is not None:
            conversation.upgrade_group(telegram, member, group, body.upgrade_to)
        return answer({})

    return [
        web.put("/people/{id:[1-9][0-9]*}", put_person),
        web.patch("/people/{id:[1-9][0-9]*}", patch_person),
        web.post("/groups", post_group),
        web.patch("/groups/{id:-[0-9]+}", patch_group),
    ]


def _conversation(telegram: Telegram) -> list[web.RouteDef]:
    def place(body: Doing) -> tuple[Person, Chat]:
        person = conversation.person(telegram, body.person_id)
        conversation.check_active(person)
        return person, conversation.chat_of(telegram, person, body.chat_id)

    async def post_message(request: web.Request) -> web.Response:
        body = await read(request, MessageBody)
        said = conversation.say(telegram, *place(body), body.text, body.reply_to_message_id)
        return _sent(said)

    async def patch_message(request: web.Request) -> web.Response:
        body = await read(request, EditBody)
        update_id = conversation.edit(telegram, *place(body), body.message_id, body.text)
        return answer({"update_id": update_id})

    async def post_contact(request: web.Request) -> web.Response:
        person, chat = place(await read(request, Doing))
        contact = {"phone_number": f"+1555{person.id:07d}", "first_name": person.first_name, "user_id": person.id}
        return _sent(conversation.send(telegram, person, chat, {"contact": contact}))

    async def post_location(request: web.Request) -> web.Response:
        body = await read(request, LocationBody)
        location = {"latitude": body.latitude, "longitude": body.longitude}
        return _sent(conversation.send(telegram, *place(body), {"location": location}))

    async def post_file(request: web.Request) -> web.Response:
        fields, upload = await _form(request)
        body = FileBody.model_validate(fields)
        file = conversation.SentFile(upload, body.kind, body.caption)
        return _sent(await conversation.send_file(telegram, *place(body), file, body.reply_to_message_id))

    async def post_press(request: web.Request) -> web.Response:
        body = await read(request, PressBody)
        person, chat = place(body)
        if not body.forged:
            return answer({"id": conversation.press(telegram, person, chat, body.message_id, body.data).id})
        message: dict[str, Any] = {"message_id": body.message_id, "chat": telegram.described(chat), "date": 0}
        return answer({"id": conversation.press_anything(telegram, person, chat, message, body.data).id})

    async def post_payment(request: web.Request) -> web.Response:
        body = await read(request, AboutMessage)
        person, chat = place(body)
        return answer({"id": checkout.begin(telegram, person, chat.id, body.message_id).id})

    async def post_read(request: web.Request) -> web.Response:
        body = await read(request, AboutMessage)
        conversation.read_up_to(telegram, *place(body), body.message_id)
        return answer({})

    async def post_updates(request: web.Request) -> web.Response:
        body = await read(request, UpdatesBody)
        check_sendable(body.updates)
        numbers = []
        for given in body.updates:
            # Numbers are Telegram's to give.
            update = {name: value for name, value in given.items() if name != "update_id"}
            numbers.append(telegram.updates.add(update, introduce(telegram, update), always=True))
        telegram.publish_counts()
        return answer({"update_ids": numbers})

    return [
        web.post("/messages", post_message),
        web.patch("/messages", patch_message),
        web.post("/contacts", post_contact),
        web.post("/locations", post_location),
        web.post("/files", post_file),
        web.post("/presses", post_press),
        web.post("/payments", post_payment),
        web.post("/reads", post_read),
        web.post("/updates", post_updates),
    ]


def _trouble(telegram: Telegram) -> list[web.RouteDef]:
    async def post_fault(request: web.Request) -> web.Response:
        body = await read(request, FaultBody)
        fault_id = telegram.faults.add(Fault(**body.model_dump()))
        telegram.publish_faults()
        return answer({"id": fault_id})

    async def delete_faults(_: web.Request) -> web.Response:
        telegram.faults.clear()
        telegram.publish_faults()
        return answer({})

    async def delete_fault(request: web.Request) -> web.Response:
        removed = telegram.faults.remove(int(request.match_info["id"]))
        telegram.publish_faults()
        return answer({"removed": removed})

    async def get_faults(_: web.Request) -> web.Response:
        return answer({"faults": [fault.shown() for fault in telegram.faults]})

    async def put_settings(request: web.Request) -> web.Response:
        body = await read(request, SettingsBody)
        if body.rate_limits is not None:
            telegram.limits.enforced = body.rate_limits
        if body.messages_per_second is not None:
            telegram.limits.per_second = body.messages_per_second
        if body.messages_per_chat_second is not None:
            telegram.limits.per_chat_second = body.messages_per_chat_second
        if body.messages_per_group_minute is not None:
            telegram.limits.per_group_minute = body.messages_per_group_minute
        if body.local_webhooks is not None:
            telegram.webhook.local = body.local_webhooks
        telegram.publish_settings()
        return answer(telegram.settings)

    async def post_reset(request: web.Request) -> web.Response:
        await telegram.reset((await read(request, ResetBody)).bot_too)
        return answer({})

    return [
        web.get("/faults", get_faults),
        web.post("/faults", post_fault),
        web.delete("/faults", delete_faults),
        web.delete("/faults/{id:[0-9]+}", delete_fault),
        web.put("/settings", put_settings),
        web.post("/reset", post_reset),
    ]


def _sent(said: tuple[int, dict[str, Any]]) -> web.Response:
    update_id, message = said
    return answer({"update_id": update_id, "message_id": message["message_id"]})


async def _form(request: web.Request) -> tuple[dict[str, str], Upload]:
    if request.content_type != "multipart/form-data":
        raise ControlError(415, "Send a form: multipart/form-data.")
    try:
        form = await read_form(await request.multipart())
    except (UnreadableForm, NotUtf8, AssertionError):
        raise ControlError(400, "The form cannot be read.") from None
    upload = form.files.get("file")
    if upload is None:
        raise ControlError(400, "There is no file in the request.")
    if len(upload.content) > LARGEST_DOCUMENT:
        raise ControlError(413, "Telegram takes files of up to 50 MB.")
    return form.values, upload
