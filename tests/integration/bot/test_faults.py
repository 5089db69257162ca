"""The real bot as a process, while what it depends on fails."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from emulator.client import Person
from tests.hostile import PASSWORD_MARK
from tests.integration.bot.processes import TOKEN, BotProcess, EmulatorProcess
from tests.integration.conftest import TestDatabase
from tests.integration.migrations import until
from tests.integration.postgres import Server, docker
from tests.waiting import wait_for


@pytest.fixture
def ada(telegram: EmulatorProcess) -> Person:
    return telegram.client.person(1, "Ada")


def unconfirmed(telegram: EmulatorProcess) -> int:
    return int(telegram.client.counts()["waiting"])


async def test_kill_9_forgets_nobody(bot: BotProcess, ada: Person, database: TestDatabase) -> None:
    assert ada.ask("/start").startswith("Welcome, Ada!")
    await all_finished(database)
    bot.end(signal.SIGKILL)
    ada.say("/profile")
    bot.start()
    assert "Name: Ada" in ada.answer(wait=60)


async def all_finished(database: TestDatabase) -> None:
    owner = await database.connect("migrator")
    await until(owner, "SELECT NOT EXISTS (SELECT FROM inbox)")
    await owner.close()


def test_sigterm_ends_the_bot_with_everything_confirmed(
    bot: BotProcess, ada: Person, telegram: EmulatorProcess
) -> None:
    ada.ask("/start")
    assert bot.end(signal.SIGTERM) == 0
    assert bot.events()[-1] == "stopped"
    assert unconfirmed(telegram) == 0


def test_what_waits_when_the_bot_stops_is_answered_after_the_start(
    bot: BotProcess, ada: Person, telegram: EmulatorProcess
) -> None:
    ada.ask("/start")
    telegram.client.fail("sendMessage", 500, times=1000)
    telegram.client.fail("getMe", 500, times=1000)
    ada.say("/profile")
    wait_for(lambda: any(event.startswith("Telegram is away") for event in bot.events()), "the bot waits for Telegram")
    assert bot.end(signal.SIGTERM) == 0
    telegram.client.stop_failing()
    bot.start()
    assert "Name: Ada" in ada.answer(wait=60)


async def test_a_handler_that_fails_for_a_while_is_tried_again(
    bot: BotProcess, ada: Person, database: TestDatabase
) -> None:
    owner = await database.connect("migrator")
    await owner.execute("ALTER TABLE users RENAME TO gone")
    ada.say("/start")
    wait_for(lambda: "update is tried again" in bot.events(), "the handler fails")
    await owner.execute("ALTER TABLE gone RENAME TO users")
    await owner.close()
    assert ada.answer().startswith("Welcome, Ada!")


async def test_a_handler_that_goes_on_failing_apologises_and_the_next_update_follows(
    bot: BotProcess, ada: Person, database: TestDatabase
) -> None:
    owner = await database.connect("migrator")
    await owner.execute("ALTER TABLE users RENAME TO gone")
    assert ada.ask("/start") == "Sorry, something went wrong on my side. Please try again."
    assert "update failed" in bot.events()
    await owner.execute("ALTER TABLE gone RENAME TO users")
    await owner.close()
    assert ada.ask("/start").startswith("Welcome, Ada!")


@pytest.mark.parametrize("status", [500, 502])
def test_a_reply_that_telegram_fails_is_sent_again(
    bot: BotProcess, ada: Person, telegram: EmulatorProcess, status: int
) -> None:
    telegram.client.fail("sendMessage", status, times=2)
    assert ada.ask("/start").startswith("Welcome, Ada!")


def test_a_reply_that_came_too_fast_is_sent_again(bot: BotProcess, ada: Person, telegram: EmulatorProcess) -> None:
    telegram.client.fail("sendMessage", 429, retry_after=2)
    assert ada.ask("/start").startswith("Welcome, Ada!")
    first, second = telegram.client.calls("sendMessage")
    assert second["at"] - first["at"] >= 2


def test_a_user_who_blocked_the_bot_holds_nobody_up(bot: BotProcess, ada: Person, telegram: EmulatorProcess) -> None:
    telegram.client.fail("sendMessage", 403)
    telegram.client.person(2, "Blocker").say("/start")
    wait_for(lambda: telegram.client.calls("sendMessage"), "it has been tried")
    assert ada.ask("/start").startswith("Welcome, Ada!")


def test_an_update_that_cannot_be_understood_stops_no_other(
    bot: BotProcess, ada: Person, telegram: EmulatorProcess
) -> None:
    telegram.client.send_updates(
        {"message": {"message_id": "many", "date": [], "chat": None, "text": "my diary"}},
        {"message": 7},
        {"message": None},
        {"of_next_year": {"id": 1, "text": "my diary"}},
        {},
    )
    assert ada.ask("/start").startswith("Welcome, Ada!")
    wait_for(lambda: bot.events().count("update not understood") == 2, "both are told of")
    assert "my diary" not in bot.said


def test_a_bad_day_of_getupdates_is_told_and_survived(bot: BotProcess, ada: Person, telegram: EmulatorProcess) -> None:
    for status in (500, 502, 409, 401):
        telegram.client.fail("getUpdates", status)
    ada.say("/start")
    assert bot.wait_for_problem("telegram")
    assert bot.healthcheck() == 1
    assert ada.answer().startswith("Welcome, Ada!")
    bot.wait_until_ready()
    assert bot.healthcheck() == 0


def test_a_second_bot_with_the_same_token_is_told(
    bot: BotProcess, telegram: EmulatorProcess, other_database: TestDatabase, processes: ExitStack, tmp_path: Path
) -> None:
    folder = tmp_path / "second"
    folder.mkdir()
    second = processes.enter_context(BotProcess(folder, other_database.url("bot"), telegram.url))
    second.start()
    assert "stop the other program that uses this token" in bot.wait_for_problem("telegram")
    assert bot.healthcheck() == 1


def test_a_refused_token_is_told_and_shown_nowhere(
    telegram: EmulatorProcess, database: TestDatabase, processes: ExitStack, tmp_path: Path
) -> None:
    wrong = "1000000002:token-of-the-integration-tests-0002"
    bot = processes.enter_context(BotProcess(tmp_path, database.url("bot"), telegram.url, BOT_TOKEN=wrong))
    bot.start()
    assert "the token is refused" in bot.wait_for_problem("telegram")
    assert bot.get("/live")[0] == 200
    assert bot.end(signal.SIGTERM) == 0
    assert wrong not in bot.said
    assert wrong.partition(":")[2] not in bot.said
    assert PASSWORD_MARK not in bot.said


def test_telegram_may_come_later_than_the_bot(
    stopped_telegram: EmulatorProcess, database: TestDatabase, processes: ExitStack, tmp_path: Path
) -> None:
    bot = processes.enter_context(BotProcess(tmp_path, database.url("bot"), stopped_telegram.url))
    bot.start()
    assert bot.wait_for_problem("telegram")
    stopped_telegram.start()
    assert stopped_telegram.client.person(1, "Ada").ask("/start").startswith("Welcome, Ada!")
    assert TOKEN not in bot.said


async def test_telegram_may_go_away_and_come_back(
    bot: BotProcess, ada: Person, telegram: EmulatorProcess, database: TestDatabase
) -> None:
    ada.ask("/start")
    await all_finished(database)
    telegram.end(signal.SIGKILL)
    assert bot.wait_for_problem("telegram")
    telegram.start()
    # The emulator's memory went with it; the bot's did not.
    returned = telegram.client.person(1, "Ada")
    assert "Name: Ada" in returned.ask("/profile")


def test_while_the_database_is_away_nothing_is_confirmed(
    bot: BotProcess, ada: Person, telegram: EmulatorProcess, server: Server
) -> None:
    ada.ask("/start")
    docker("pause", server.container)
    try:
        ada.say("/profile")
        assert bot.wait_for_problem("database")
        assert "has not heard from this process" in bot.wait_for_problem("membership")
        assert unconfirmed(telegram) == 1
        assert ada.answers(wait=0) == []
    finally:
        docker("unpause", server.container)
    assert "Name: Ada" in ada.answer(wait=60)


def test_a_stop_while_the_database_is_away_is_clean(bot: BotProcess, ada: Person, server: Server) -> None:
    ada.ask("/start")
    docker("pause", server.container)
    try:
        assert bot.wait_for_problem("database")
        assert bot.end(signal.SIGTERM) == 0
    finally:
        docker("unpause", server.container)


def test_the_bot_receives_nothing_before_the_schema_fits(
    telegram: EmulatorProcess, empty_database: TestDatabase, processes: ExitStack, tmp_path: Path
) -> None:
    bot = processes.enter_context(BotProcess(tmp_path, empty_database.url("bot"), telegram.url))
    bot.start()
    wait_for(lambda: "waiting for the schema" in bot.said, "the bot waits")
    assert bot.get("/ready") == (503, {"status": "not ready", "problems": {"bot": "starting"}})
    assert telegram.client.calls() == []
    assert bot.end(signal.SIGTERM) == 0


def test_a_stop_while_waiting_for_the_database_is_heard(processes: ExitStack, tmp_path: Path) -> None:
    bot = processes.enter_context(BotProcess(tmp_path, "postgresql://bot@127.0.0.1:1/orderly", "http://127.0.0.1:1"))
    bot.start()
    wait_for(lambda: "waiting for the database" in bot.said, "the bot waits")
    assert bot.end(signal.SIGTERM) == 0


def test_work_that_outlasts_the_deadline_is_cut_off(
    telegram: EmulatorProcess, database: TestDatabase, processes: ExitStack, tmp_path: Path
) -> None:
    bot = processes.enter_context(
        BotProcess(
            *(tmp_path, database.url("bot"), telegram.url),
            DRAIN_TIMEOUT_SECONDS="0.5",
        )
    )
    bot.start()
    bot.wait_until_ready()
    telegram.client.fault(kind="delay", method="sendMessage", seconds=30)
    telegram.client.person(1, "Ada").say("/start")
    wait_for(lambda: telegram.client.calls("sendMessage"), "the answer is under way")
    assert bot.end(signal.SIGTERM) == 1
    assert "cut off" in bot.said


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [("BOT_TOKEN", "", 2), ("BOT_TOKEN", "nonsense", 2), ("LOG_LEVEL", "loud", 2), ("DATABASE_PASSWORD", "wrong", 1)],
)
def test_a_wrong_setting_ends_the_start_with_one_clear_line(
    database: TestDatabase, processes: ExitStack, tmp_path: Path, setting: str, value: str, code: int
) -> None:
    bot = processes.enter_context(BotProcess(tmp_path, database.url("bot"), "http://127.0.0.1:1", **{setting: value}))
    bot.start()
    assert bot.wait() == code
    assert setting in bot.said or "password" in bot.said
    assert bot.said.count("\n") == 1
    assert "Traceback" not in bot.said
