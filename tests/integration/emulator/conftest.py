from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.client import Emulator, Person
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.http_calls import BotApi
from tests.integration.emulator.world import PRESS, STARS


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorProcess]:
    """The emulator, running; what it said is free of errors in the end."""
    with EmulatorProcess(tmp_path_factory.mktemp("emulator")) as running:
        running.start()
        yield running
        assert running.running
        assert "Traceback" not in running.said


@pytest.fixture
def telegram(process: EmulatorProcess) -> EmulatorProcess:
    """The emulator, with everything before forgotten."""
    process.client.reset(bot_too=True)
    return process


@pytest.fixture
def bot(telegram: EmulatorProcess) -> BotApi:
    """What the bot can say to Telegram."""
    return BotApi(telegram.url)


@pytest.fixture
def emulator(telegram: EmulatorProcess) -> Emulator:
    return telegram.client


@pytest.fixture
def ada(emulator: Emulator) -> Person:
    """Somebody who has not begun yet."""
    return emulator.person(1, "Ada")


@pytest.fixture
def guest(ada: Person) -> Person:
    """Ada, who has begun: the bot may write to her."""
    ada.say("/start")
    return ada


@pytest.fixture
def http(telegram: EmulatorProcess, bot: BotApi) -> BotApi:
    """Ada, who has begun, Boris and Dora, who is no longer there."""
    for number, name in ((1, "Ada"), (2, "Boris"), (3, "Dora")):
        telegram.client.person(number, name).say("/start")
    telegram.client.request("PATCH", "/control/people/3", {"deactivated": True})
    bot.result("sendMessage", chat_id=1, text="Hello", reply_markup=PRESS)
    bot.result("sendInvoice", chat_id=1, **STARS)
    return bot


@pytest.fixture
def people(emulator: Emulator, ada: Person) -> list[Person]:
    return [ada, *(emulator.person(number, f"Person {number}") for number in range(2, 6))]
