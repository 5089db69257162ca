from __future__ import annotations

import time

from tests.integration.bot.chaos.conftest import NewBot, RecordProperty
from tests.integration.bot.chaos.network import Network
from tests.integration.bot.chaos.trial import Trial, table
from tests.integration.bot.chaos.workload import mixed
from tests.integration.conftest import TestDatabase
from tests.integration.postgres import Server, docker

KILLS = 2
PAUSE = 30  # seconds


def test_postgres_killed_and_started_again_loses_nothing_and_repeats_no_effect(
    trial: Trial,
    new_bot: NewBot,
    database: TestDatabase,
    chaos_server: Server,
    record_property: RecordProperty,
) -> None:
    trial.send(mixed(4_000, 400, trial.chance))
    with Network(chaos_server.port) as network:
        bot = new_bot(database_url=f"postgresql://bot@127.0.0.1:{network.port}/{database.name}")
        bot.start()
        for moment in trial.moments(KILLS):
            trial.wait_for_answers(moment)
            docker("kill", "--signal", "KILL", chaos_server.container)
            assert bot.wait_for_problem("database")
            docker("start", chaos_server.container)
            network.server_port = chaos_server.port
            bot.wait_until_ready()
        found = trial.findings()
    record_property("table", table(trial.row(found, postgres=f"killed {KILLS} times")))
    assert not found.broken


def test_a_postgres_that_does_not_answer_for_long_loses_nothing_and_repeats_no_effect(
    trial: Trial, new_bot: NewBot, chaos_server: Server, record_property: RecordProperty
) -> None:
    trial.send(mixed(4_000, 400, trial.chance))
    bot = new_bot(DATABASE_TIMEOUT_SECONDS="5")
    bot.start()
    trial.wait_for_answers(*trial.moments(1))
    docker("pause", chaos_server.container)
    try:
        pause_began = time.monotonic()
        assert bot.wait_for_problem("database")
        time.sleep(max(0, pause_began + PAUSE - time.monotonic()))
        assert bot.get("/live")[0] == 200
    finally:
        docker("unpause", chaos_server.container)
    found = trial.findings()
    record_property("table", table(trial.row(found, postgres=f"paused {PAUSE} s")))
    assert not found.broken
