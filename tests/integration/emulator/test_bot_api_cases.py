from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator import world
from tests.integration.emulator.cases import SUBJECTS, Refused
from tests.integration.emulator.http_calls import BotApi

CASES = [
    pytest.param(case, id=f"{subject}: {case.method}: {case.name}")
    for subject, cases in SUBJECTS.items()
    for case in cases
]


@pytest.fixture(scope="module")
def bot(process: EmulatorProcess) -> Iterator[BotApi]:
    api = BotApi(process.url)
    world.make(process.client, api)
    yield api
    assert api.result("getMe")["id"]


@pytest.mark.parametrize("case", CASES)
def test_what_telegram_refuses_is_refused_in_its_words(bot: BotApi, case: Refused) -> None:
    reply = bot.call(case.method, **case.parameters)
    assert reply.body.decode() == json.dumps(case.body, separators=(",", ":"), ensure_ascii=False)
    assert reply.status == case.status
    assert reply.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("case", CASES)
def test_a_form_says_the_same_as_json(bot: BotApi, case: Refused) -> None:
    """Forms carry what is no text as JSON."""
    parameters = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in case.parameters.items()
    }
    assert bot.post_form(case.method, **parameters).json == case.body
