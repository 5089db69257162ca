from __future__ import annotations

import signal

import pytest

from tests.integration.bot.chaos.cluster import Cluster
from tests.integration.bot.chaos.conftest import NewBot, RecordProperty
from tests.integration.bot.chaos.examination import without_late_repeats
from tests.integration.bot.chaos.trial import Trial, table
from tests.integration.bot.chaos.workload import mixed

KILLS = 3


@pytest.mark.parametrize("replicas", [2, 3])
def test_leaders_that_are_killed_lose_nothing_and_repeat_no_effect(
    trial: Trial, new_bot: NewBot, record_property: RecordProperty, replicas: int
) -> None:
    trial.send(mixed(4_000, 400, trial.chance))
    cluster = Cluster(trial, [new_bot(f"replica {number}") for number in range(replicas)])
    leaderless = []
    for moment in trial.moments(KILLS):
        trial.wait_for_answers(moment)
        bot, _, seconds = cluster.end_leader(signal.SIGKILL)
        leaderless.append(f"{seconds:.1f}")
        cluster.start(bot)
    found = trial.findings()
    shown = {"replicas": replicas, "s without leader": " ".join(leaderless), "409s": conflicts(trial)}
    record_property("table", table(trial.row(found, **shown)))
    assert not found.broken


def test_a_leader_that_is_told_to_stop_hands_over_and_repeats_no_answer(
    trial: Trial, new_bot: NewBot, record_property: RecordProperty
) -> None:
    trial.send(mixed(4_000, 400, trial.chance))
    cluster = Cluster(trial, [new_bot("first"), new_bot("second")])
    trial.wait_for_answers(2_500)
    _, code, seconds = cluster.end_leader(signal.SIGTERM)
    left = trial.left
    found = trial.findings()
    shown = {"s to the next leader": f"{seconds:.1f}", "left then": left, "409s": conflicts(trial)}
    record_property("table", table(trial.row(found, **shown)))
    assert not found.broken
    assert found.repeats == 0
    assert code == 0
    assert left, "the leader was busy"


def test_a_leader_that_was_frozen_for_long_does_no_harm_when_it_goes_on(
    trial: Trial, new_bot: NewBot, record_property: RecordProperty
) -> None:
    trial.send(mixed(4_000, 400, trial.chance))
    cluster = Cluster(trial, [new_bot("first"), new_bot("second")])
    trial.wait_for_answers(2_500)
    frozen, seconds = cluster.freeze_leader()
    trial.wait_until_handled()
    frozen.thaw()
    frozen.wait_until_ready()
    found = trial.findings()
    shown = {"s frozen until another one led": f"{seconds:.1f}", "409s": conflicts(trial)}
    record_property("table", table(trial.row(found, **shown)))
    # What it had handed to the network in its last instant arrives when it goes on; nobody could take that back.
    assert not without_late_repeats(found, trial.workload.chats).broken


def conflicts(trial: Trial) -> int:
    return sum(call["status"] == 409 for call in trial.telegram.calls("getUpdates"))
