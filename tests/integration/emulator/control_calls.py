"""Calls of the control API byte by byte."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.emulator.http_calls import BotApi, File, Json, Reply, multipart

GROUP = {"id": -5, "title": "Shop", "members": [1, 2]}
SAID = {"person_id": 1, "text": "Hello"}
HELLO, INVOICE = 2, 3


def ask(http: BotApi, verb: str, path: str, body: Any = None) -> Reply:
    if body is None:
        return http.send(verb, f"/control{path}")
    return http.send(verb, f"/control{path}", json.dumps(body).encode(), Content_Type="application/json")


def done(http: BotApi, verb: str, path: str, body: Any = None) -> Json:
    reply = ask(http, verb, path, body)
    assert reply.status == 200, reply.body
    return reply.json


def newest(http: BotApi) -> Json:
    update: Json = http.result("getUpdates", offset=-1)[0]
    return update


def form(http: BotApi, **fields: str | File) -> Reply:
    body, content_type = multipart(fields)
    return http.send("POST", "/control/files", body, Content_Type=content_type)
