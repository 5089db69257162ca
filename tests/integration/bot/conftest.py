from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.config import Config
from bot.storage.database import Database, open_database
from tests.hostile import PASSWORD
from tests.integration.bot.forked_bot import ForkedBot, ForkServer
from tests.integration.bot.processes import TOKEN, BotProcess, EmulatorProcess
from tests.integration.conftest import TestDatabase


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    with ForkServer() as running:
        yield running


@pytest.fixture
def config(database: TestDatabase) -> Config:
    return Config.model_validate(
        {"bot_token": TOKEN, "database_url": database.url("bot"), "database_password": PASSWORD}
    )


@pytest.fixture
async def storage(config: Config) -> AsyncIterator[Database]:
    opened = await open_database(config)
    yield opened
    await opened.close()


@pytest.fixture
def telegram(tmp_path: Path) -> Iterator[EmulatorProcess]:
    """The Bot API emulator, running."""
    with EmulatorProcess(tmp_path) as process:
        process.start()
        yield process


@pytest.fixture
def stopped_telegram(tmp_path: Path) -> Iterator[EmulatorProcess]:
    """The Bot API emulator, at an address where nothing answers before `start`."""
    with EmulatorProcess(tmp_path) as process:
        yield process


@pytest.fixture
def processes() -> Iterator[ExitStack]:
    """Whatever enters it is ended with the test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def bot(
    fork_server: ForkServer, database: TestDatabase, telegram: EmulatorProcess, processes: ExitStack, tmp_path: Path
) -> BotProcess:
    """The real bot, receiving."""
    process = processes.enter_context(
        ForkedBot(fork_server, tmp_path, database.url("bot"), telegram.url, DATABASE_TIMEOUT_SECONDS="1")
    )
    process.start()
    process.wait_until_ready()
    return process
