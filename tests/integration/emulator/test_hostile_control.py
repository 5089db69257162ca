"""Requests to the control API that nobody means: each is done or refused in words."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.control_calls import ask
from tests.integration.emulator.control_cases import DONE
from tests.integration.emulator.http_calls import BotApi

SEEDS = range(4)
CALLS = 150  # with each seed
HOSTILE: list[Any] = [
    *(None, True, 0, -1, 1, 2, 2**31, 2**52, 2**63, -(2**63), 10**30, 1.5, 1e308, "", " ", "\0", "1", "x" * 5000, "😀"),
    *([], {}, [1], ["a"], [{}], [[]], {"a": 1}, [1] * 500, "../..", "<script>", "\u202e", "2026-01-01", -5),
    *([{"message": {"from": {"id": 5, "first_name": "Eve"}, "chat": {"id": 5}, "message_id": 2**64 - 1}}],),
    *(
        [{"callback_query": {"from": {"id": 1}, "message": {"chat": {"id": -5}}}}],
        [{"message": {"chat": {"id": True}}}],
    ),
]
QUERIES = [
    "",
    "?after=-1",
    "?wait=-inf",
    "?before=1e309",
    "?limit=0.5",
    "?chat_id=9999999999999999",
    "?after=",
    "?wait=0x1",
]


def mutated(chance: random.Random, body: Any) -> Any:
    if not isinstance(body, dict) or chance.random() < 0.05:
        return chance.choice(HOSTILE)
    changed = {name: chance.choice(HOSTILE) if chance.random() < 0.4 else value for name, value in body.items()}
    return changed | ({"more": 1} if chance.random() < 0.05 else {})


@pytest.mark.parametrize("seed", SEEDS)
def test_no_request_is_too_much(telegram: EmulatorProcess, http: BotApi, seed: int) -> None:
    chance = random.Random(seed)
    statuses = set()
    for _ in range(CALLS):
        verb, path, body, _ = chance.choice(DONE)
        if body is None:
            path = path.partition("?")[0] + chance.choice(QUERIES)
        reply = ask(http, verb, path, None if body is None else mutated(chance, body))
        statuses.add(reply.status)
        assert reply.status < 500, (verb, path, body, reply.body)
        assert reply.status == 200 or reply.json["error"]
    assert statuses >= {200, 400}
    telegram.client.stop_failing()
    assert telegram.client.status()
    assert http.call("getUpdates", offset=1, limit=100).status == 200
