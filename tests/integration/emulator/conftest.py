from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.http_calls import BotApi


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
