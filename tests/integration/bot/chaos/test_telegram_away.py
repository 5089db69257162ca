from __future__ import annotations

import time
from typing import Any

import pytest

from emulator.client import Json
from tests.integration.bot.chaos.conftest import NewBot, RecordProperty
from tests.integration.bot.chaos.network import Network, State
from tests.integration.bot.chaos.trial import Trial, table
from tests.integration.bot.chaos.workload import mixed
from tests.integration.bot.processes import EmulatorProcess

CUTS = [(State.REFUSING, 10), (State.SILENT, 20)]  # seconds

TOO_MANY = [{"kind": "status", "status": 429, "retry_after": 1, "share": 0.3}]
ERRORS = [{"kind": "status", "status": status, "share": 0.15} for status in (500, 502)]
NOTHING_ARRIVES = [{"kind": kind, "share": 0.15} for kind in ("reset", "cut_off", "garbage")]
ANSWERS_ARE_LOST = [fault | {"executed": True} for fault in NOTHING_ARRIVES]


def test_a_network_that_is_cut_loses_nothing_and_repeats_no_effect(
    trial: Trial, new_bot: NewBot, telegram: EmulatorProcess, record_property: RecordProperty
) -> None:
    trial.send(mixed(4_000, 400, trial.chance))
    with Network(int(telegram.url.rpartition(":")[2])) as network:
        bot = new_bot(api_url=f"http://127.0.0.1:{network.port}")
        bot.start()
        trial.wait_for_answers(*trial.moments(1))
        for state, seconds in CUTS:
            network.cut(state)
            cut = time.monotonic()
            assert bot.wait_for_problem("telegram")
            time.sleep(max(0, cut + seconds - time.monotonic()))
        network.mend()
        found = trial.findings()
    record_property("table", table(trial.row(found, network="refused 10 s, silent 20 s")))
    assert not found.broken


@pytest.mark.parametrize(
    ("faults", "taken_for_sent"),
    [
        pytest.param(TOO_MANY, False, id="429"),
        pytest.param(ERRORS, False, id="500 and 502"),
        pytest.param(NOTHING_ARRIVES, False, id="resets, cut-off and garbage answers, nothing executed"),
        pytest.param(ANSWERS_ARE_LOST, True, id="resets, cut-off and garbage answers, all executed"),
    ],
)
def test_a_storm_loses_nothing_and_repeats_no_effect(
    trial: Trial, new_bot: NewBot, record_property: RecordProperty, faults: list[Json], taken_for_sent: bool
) -> None:
    """Nor an answer, where Telegram has not executed what it then failed to confirm."""
    load = mixed(2_000, 400, trial.chance)
    for fault in faults:
        for method in ("sendMessage", "getUpdates"):
            trial.telegram.fault(method=method, times=None, **fault)
    trial.send(load)
    new_bot().start()
    trial.wait_for_answers(len(load.said) * 3 // 4)
    struck = failures(trial)
    trial.telegram.stop_failing()
    found = trial.findings()
    record_property("table", table(trial.row(found, failures=struck)))
    assert not found.broken
    assert struck > len(load.said) // 10
    assert taken_for_sent or found.repeats == 0


def failures(trial: Trial) -> int:
    counts: dict[str, Any] = trial.telegram.counts()
    return int(counts["failed"])
