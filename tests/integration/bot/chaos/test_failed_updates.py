from __future__ import annotations

import time
from pathlib import Path

from bot.updates.failing import NOTICE_INTERVAL
from emulator.client import Json
from tests.integration.bot.chaos.conftest import NewBot
from tests.integration.bot.chaos.examination import shown_by_bot
from tests.integration.bot.chaos.trial import Trial
from tests.integration.bot.chaos.workload import message, mixed
from tests.waiting import wait_for

SORRY = "Sorry, something went wrong on my side. Please try again."
FAILING, HANGING, UNREADABLE, ADMIN = 1001, 1002, 1003, 1004


def unreadable(chat: int) -> Json:
    return {"message": {"message_id": "many", "date": [], "chat": {"id": chat}, "text": "my diary"}}


def test_a_handler_that_fails_or_hangs_delays_nobody_else(trial: Trial, new_bot: NewBot) -> None:
    new_bot(HANDLER_TIMEOUT_SECONDS="600").start()
    trial.telegram.send_updates(message(FAILING, "boom 1"), message(HANGING, "hang"))
    tried = "SELECT attempts > 0 FROM inbox WHERE chat_id = $1"
    wait_for(lambda: trial.observer.fetch(tried, FAILING) == [(True,)], "a handler has failed")
    trial.send(mixed(50, 25, trial.chance))
    trial.wait_for_answers(50)
    assert {(FAILING,), (HANGING,)} <= set(trial.observer.fetch("SELECT chat_id FROM inbox"))


def test_what_fails_is_kept_and_can_be_shown_replayed_and_dropped(
    trial: Trial, new_bot: NewBot, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.touch()
    bot = new_bot(HANDLER_TIMEOUT_SECONDS="0.2")
    bot.start()
    trial.telegram.send_updates(
        message(FAILING, f"boom until {broken}", 1),
        message(FAILING, "n 1", 2),
        message(HANGING, "hang"),
        unreadable(UNREADABLE),
    )
    failed = wait_for_failures(trial, 3)

    listed = bot.command("failed", "list")
    for number, error in ((failed[FAILING], "Boom"), (failed[HANGING], "Timeout"), (failed[UNREADABLE], "Validation")):
        assert any(line.split()[0] == str(number) and error in line for line in listed.splitlines()), listed
    shown = bot.command("failed", "show", str(failed[FAILING]))
    assert "Traceback" in shown or "exercise_bot.py" in shown
    assert f"boom until {broken}" in shown

    wait_for(lambda: nothing_is_to_be_sent(trial), "all have been told")
    told = {chat: sorted(texts) for chat, texts in shown_by_bot(trial.telegram).items()}
    assert told == {FAILING: sorted([SORRY, "n 1"]), HANGING: [SORRY]}

    broken.unlink()
    bot.command("failed", "replay", str(failed[FAILING]))
    wait_for(lambda: shown_by_bot(trial.telegram)[FAILING][2:] == ["mended"], "what was replayed is answered")
    bot.command("failed", "drop", "--all")
    assert bot.command("failed", "list") == "Nothing has failed.\n"


def test_admins_hear_once_of_many_failures(trial: Trial, new_bot: NewBot) -> None:
    admin = trial.telegram.person(ADMIN, "Admin")
    new_bot(ADMIN_IDS=str(ADMIN)).start()
    admin.ask("/start")
    began = time.time()
    trial.telegram.send_updates(*(unreadable(chat) for chat in range(1, 51)))
    wait_for_failures(trial, 50)
    wait_for(lambda: nothing_is_to_be_sent(trial), "all have been told")
    periods = 1 + time.time() // NOTICE_INTERVAL - began // NOTICE_INTERVAL
    assert 1 <= len(admin.answers()) <= periods


def wait_for_failures(trial: Trial, count: int) -> dict[int, int]:
    """The number under which each chat's update is kept."""

    def found() -> dict[int, int] | None:
        rows = trial.observer.fetch("SELECT chat_id, id FROM failed_updates")
        return dict(rows) if len(rows) == count else None

    return wait_for(found, f"{count} updates have failed") or {}


def nothing_is_to_be_sent(trial: Trial) -> bool:
    return trial.observer.fetch("SELECT FROM outbox WHERE state = 'pending'") == []
