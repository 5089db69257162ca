"""The only bot dies, or is told to stop, while it is busy."""

from __future__ import annotations

import signal

from tests.integration.bot.chaos.conftest import NewBot, RecordProperty
from tests.integration.bot.chaos.trial import Trial, table
from tests.integration.bot.chaos.workload import mixed
from tests.integration.bot.forked_bot import ForkedBot

TIMES = 10


def test_ten_times_kill_9_lose_nothing_and_repeat_no_effect(
    trial: Trial, new_bot: NewBot, record_property: RecordProperty
) -> None:
    trial.send(mixed(20_000, 2_000, trial.chance))
    end_again_and_again(trial, new_bot(), signal.SIGKILL)
    found = trial.findings(timeout=120)
    record_property("table", table(trial.row(found, ended=f"{TIMES} × SIGKILL")))
    assert not found.broken


def test_ten_times_sigterm_repeat_not_even_an_answer(
    trial: Trial, new_bot: NewBot, record_property: RecordProperty
) -> None:
    trial.send(mixed(4_000, 400, trial.chance))
    codes = end_again_and_again(trial, new_bot(), signal.SIGTERM)
    found = trial.findings()
    record_property("table", table(trial.row(found, ended=f"{TIMES} × SIGTERM")))
    assert not found.broken
    assert found.repeats == 0
    assert codes == {0}


def end_again_and_again(trial: Trial, bot: ForkedBot, number: signal.Signals) -> set[int]:
    """At moments that chance chooses; the exit codes."""
    codes = set()
    bot.start()
    for moment in trial.moments(TIMES):
        trial.wait_for_answers(moment)
        if number == signal.SIGTERM:
            bot.wait_until_ready()  # earlier, Python ends it at once, and not with 0
        codes.add(bot.end(number))
        bot.start()
    return codes
