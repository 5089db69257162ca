from __future__ import annotations

import os
import random
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.bot.chaos.trial import Observer, Trial
from tests.integration.bot.forked_bot import ForkedBot, ForkServer
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.conftest import PRISTINE, TestDatabase
from tests.integration.migrations import Migrator, execute
from tests.integration.postgres import ROOT, Server, running_server

#: A table in which nothing but the bot's own transaction keeps an effect from happening twice.
EFFECTS = "CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY, chat_id bigint NOT NULL, k bigint NOT NULL)"

NewBot = Callable[..., ForkedBot]
RecordProperty = Callable[[str, object], None]


@pytest.fixture(scope="session")
def chaos_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """May be killed and paused, as it has nobody else's databases; its template is migrated."""
    with running_server(tmp_path_factory.mktemp("chaos") / "secrets", ("fsync=off",)) as running:
        code, said = Migrator(running.url("migrator", PRISTINE), ROOT / "db/migrations").up()
        assert code == 0, said
        yield running


@pytest.fixture
async def database(chaos_server: Server) -> AsyncIterator[TestDatabase]:
    """A migrated database for this test alone."""
    everything = TestDatabase(chaos_server, "postgres")
    database = TestDatabase(chaos_server, f"test_{uuid.uuid4().hex}")
    await execute(everything, f'CREATE DATABASE "{database.name}" TEMPLATE "{PRISTINE}"', role="postgres")
    await execute(database, EFFECTS)
    yield database
    await execute(everything, f'DROP DATABASE "{database.name}" WITH (FORCE)', role="postgres")


@pytest.fixture
def trial(telegram: EmulatorProcess, database: TestDatabase) -> Iterator[Trial]:
    """CHAOS_SEED repeats what chance did in an earlier run."""
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(10**6))
    print(f"CHAOS_SEED={seed}")
    observer = Observer(database)
    yield Trial(telegram.client, observer, seed)
    observer.close()


@pytest.fixture
def new_bot(
    fork_server: ForkServer, telegram: EmulatorProcess, database: TestDatabase, processes: ExitStack, tmp_path: Path
) -> NewBot:
    """Makes bots that are not started yet, each under a name of its own."""

    def make(name: str = "bot", **settings: str) -> ForkedBot:
        urls = {"database_url": database.url("bot"), "api_url": telegram.url}
        urls |= {url: settings.pop(url) for url in urls if url in settings}
        settings = {"FLOOD_MESSAGES": "0", **settings}  # whoever says much here is to be heard
        return processes.enter_context(
            ForkedBot(fork_server, tmp_path / name, **urls, program="exercise_bot", **settings)
        )

    return make
