"""Calls that no library would make: none of them is too much for the server."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from emulator.bot_api.methods import METHODS
from emulator.bot_api.schema import PUBLISHED
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator import world
from tests.integration.emulator.http_calls import BotApi, File, Json, multipart, path
from tests.integration.emulator.world import ADA, PRESS, SHOP

SEEDS = range(8)
CALLS = 250  # with each seed


def nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels):
        value = [value, {"text": value}] if levels < 8 else [value]
    return value


HOSTILE: list[Any] = [
    *(None, True, False, 0, -1, 1, 7, 2**31, -(2**31) - 1, 2**63, 2**64, 10**40, -(10**40), 1.5, 1e300),
    *("", " ", "\0", "\r\n", "null", "true", "0x10", "1e9", "9" * 5000, "é" * 70, "😀" * 100, "\u202e\u200b", "﷽" * 50),
    *("x" * 4097, "x" * 40_000, "<b>" * 300, "*_" * 200, "<a href='" * 3, "[a](" * 50, "`" * 7, "&#x110000;&#xd800;"),
    *(
        [],
        {},
        [[]],
        [{}],
        [None],
        {"": ""},
        {"a": {"b": [{}]}},
        [1] * 101,
        [[["a"]]],
        nested(6),
        nested(90),
        nested(150),
    ),
    *("[", "{", "[" * 3000, '{"a":' * 3000, '"\\ud800"', "[1, 2", "{}", "[]", "[null]", '{"type": null}'),
    *(
        ADA,
        str(ADA),
        SHOP,
        "@",
        "@name",
        "attach://file",
        "attach://",
        "https://example.org/a.png",
        "a.b",
        "file:///etc",
    ),
    *("HTML", "MarkdownV2", "markdown", "typing", "XTR", "default", {"type": "chat", "chat_id": 10**18}),
    *(PRESS, {"keyboard": [["a" * 5000]]}, {"inline_keyboard": [[{"text": "\0", "url": "http://\0"}]]}),
    *(
        [{"type": "bold", "offset": 2**31, "length": -1}],
        [{"type": "text_mention", "offset": 0, "length": 1, "user": {}}],
    ),
    *({"message_id": 2**40}, {"message_id": "1", "quote": []}, [{"label": "a", "amount": 10**30}], [{"command": "\0"}]),
]
#: What would make the test wait, or the server look for a host.
HARMLESS: dict[str, Json] = {
    "setWebhook": {"url": "ftp://a", "drop_pending_updates": False},
    "getUpdates": {"offset": -1, "timeout": 0},
    "deleteWebhook": {"drop_pending_updates": False},
}


def hostile_parameters(chance: random.Random, method: str) -> Json:
    names = [name for name in PUBLISHED[method] if chance.random() < 0.7] + ["unheard_of", "\0", "method"][
        : chance.randrange(4)
    ]
    parameters = {name: chance.choice(HOSTILE) for name in names}
    if chance.random() < 0.7 and "chat_id" in PUBLISHED[method]:
        parameters |= {"chat_id": ADA}
    if chance.random() < 0.5 and "text" in PUBLISHED[method]:
        parameters |= {"text": "x"}
    return parameters | HARMLESS.get(method, {})


def encoded(chance: random.Random, parameters: Json) -> tuple[bytes, str]:
    as_text = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in parameters.items()
        if name != "\0"
    }
    match chance.randrange(4):
        case 0:
            return urlencode(as_text).encode(), "application/x-www-form-urlencoded"
        case 1:
            file = File(
                chance.choice([b"", b"x", b"\x89PNG\r\n\x1a\n", world.picture()]), chance.choice(["", "a.png", "é\\"])
            )
            name = chance.choice(["photo", "document", "file", "certificate"])
            fields: dict[str, str | File] = {key: value for key, value in as_text.items() if key != name}
            return multipart(fields | {name: file})
    body = json.dumps(parameters).encode()
    return (body if chance.random() < 0.9 else body[: chance.randrange(len(body))]), "application/json"


@pytest.fixture
def connection(telegram: EmulatorProcess, bot: BotApi) -> Iterator[HTTPConnection]:
    world.make(telegram.client, bot)
    opened = HTTPConnection(urlsplit(telegram.url).netloc, timeout=60)
    yield opened
    opened.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_call_is_too_much(telegram: EmulatorProcess, bot: BotApi, connection: HTTPConnection, seed: int) -> None:
    chance = random.Random(seed)
    statuses = set()
    for _ in range(CALLS):
        method = chance.choice(list(METHODS))
        parameters = hostile_parameters(chance, method)
        body, content_type = encoded(chance, parameters)
        connection.request("POST", path(method), body, {"Content-Type": content_type})
        response = connection.getresponse()
        answer = response.read()
        assert response.status < 500, (method, parameters, answer)
        statuses.add(response.status)
        assert not answer or json.loads(answer)["ok"] == (response.status == 200)
    assert statuses >= {200, 400}
    assert telegram.client.status()["counts"]["calls"]
    assert telegram.client.calls()
    assert bot.result("getMe")["is_bot"]
    assert len(telegram.client.get("/control/chats/1001/entries", limit=1)["entries"]) <= 1
