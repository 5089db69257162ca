from __future__ import annotations

import signal

from tests.integration.bot.chaos.conftest import NewBot, RecordProperty
from tests.integration.bot.chaos.examination import shown_by_bot
from tests.integration.bot.chaos.trial import Trial, table
from tests.integration.bot.chaos.workload import Workload
from tests.integration.bot.exercise_bot import ASKED_CITY, ASKED_NAME

PEOPLE = 300
KILLS_A_STEP = 2


def test_a_form_that_is_half_filled_in_survives_kill_9(
    trial: Trial, new_bot: NewBot, record_property: RecordProperty
) -> None:
    """Everybody answers the same question while the bot is killed and started again."""
    bot = new_bot()
    bot.start()
    for text in ("/form", "Name {}", "City {}"):
        answered = trial.answers
        trial.send(Workload([(person, text.format(person)) for person in range(1, PEOPLE + 1)]))
        for moment in sorted(trial.chance.sample(range(PEOPLE), KILLS_A_STEP)):
            trial.wait_for_answers(answered + moment)
            bot.end(signal.SIGKILL)
            bot.start()
        trial.wait_until_handled()
    shown = shown_by_bot(trial.telegram)
    record_property("table", table({"people": PEOPLE, "kills": 3 * KILLS_A_STEP, "repeats": repeats(shown)}))
    assert {person: without_repeats(texts) for person, texts in shown.items()} == {
        person: [ASKED_NAME, ASKED_CITY, f"Name {person} of City {person}"] for person in range(1, PEOPLE + 1)
    }


def without_repeats(texts: list[str]) -> list[str]:
    """Without what came twice in a row."""
    return [text for text, before in zip(texts, [None, *texts], strict=False) if text != before]


def repeats(shown: dict[int, list[str]]) -> int:
    return sum(len(texts) - len(without_repeats(texts)) for texts in shown.values())
