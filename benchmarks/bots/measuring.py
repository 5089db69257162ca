"""What is measured on a stage."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from benchmarks.bots.contenders import Stage
from benchmarks.bots.greeting import WELCOME
from benchmarks.bots.load import NAME, Load
from benchmarks.bots.resources import cpu_seconds, machine_cpu_seconds, peak_memory, server_cpu_seconds
from tests.integration.postgres import Server
from tests.waiting import wait_for

#: First ids: nobody is in two loads.
WARM_UP, EVENLY, AT_ONCE, KILLED, FAILOVER = range(1_000_000, 6_000_000, 1_000_000)

#: More than one replica begins at once, so that each has its share.
WARM_UP_PEOPLE = 600
PATIENCE = 10.0  # seconds without any answer after which the rest counts as lost
AFTERMATH = 0.5  # seconds; what a bot still does about answered updates counts too


@dataclass(frozen=True)
class Round:
    rate: float  # updates a second
    cpu: float  # ms an update, of all replicas
    server_cpu: float  # ms an update
    peak: float  # MiB, of the largest replica
    reply_times: Sequence[float]  # ms, in order
    lost: int
    #: Cores that did something else while all was said at once.
    elsewhere: float

    def reply_time(self, share: float) -> float:
        """ms within which this share of the answers came."""
        return self.reply_times[math.ceil(share * len(self.reply_times)) - 1]


@dataclass(frozen=True)
class _Usage:
    """Seconds of CPU."""

    bots: float
    server: float
    telegram: float  # with the people, who are this process
    machine: float
    clock: float

    @classmethod
    def so_far(cls, stage: Stage, server: Server) -> _Usage:
        return cls(
            bots=sum(cpu_seconds(bot.pid) for bot in stage.bots),
            server=server_cpu_seconds(server),
            telegram=cpu_seconds(stage.emulator.pid) + cpu_seconds(os.getpid()),
            machine=machine_cpu_seconds(),
            clock=time.monotonic(),
        )

    def since(self, before: _Usage) -> _Usage:
        return _Usage(*(now - then for now, then in zip(astuple(self), astuple(before), strict=True)))


def warm_up(stage: Stage) -> None:
    """Connections are open, and statements prepared. Raises AssertionError for a bot that answers something else."""
    load = Load(stage.telegram, WARM_UP, WARM_UP_PEOPLE)
    load.say_at_once()
    load.wait(PATIENCE)
    assert load.lost == 0, stage.bots[0].said[-5_000:]
    assert {call["parameters"]["text"] for call in stage.telegram.calls("sendMessage")} == {WELCOME.format(name=NAME)}


def measure(stage: Stage, server: Server, people: int, each: int, rate: int, seconds: int) -> Round:
    """`rate` updates a second for so many `seconds`, then all at once."""
    warm_up(stage)
    evenly = Load(stage.telegram, EVENLY, rate * seconds)
    evenly.say_evenly(rate)
    evenly.wait(PATIENCE)
    at_once = Load(stage.telegram, AT_ONCE, people, each)
    before = _Usage.so_far(stage, server)
    at_once.say_at_once()
    at_once.wait(PATIENCE)
    time.sleep(AFTERMATH)
    usage = _Usage.so_far(stage, server).since(before)
    return Round(
        rate=at_once.rate,
        cpu=1000 * usage.bots / at_once.size,
        server_cpu=1000 * usage.server / at_once.size,
        peak=max(peak_memory(bot.pid) for bot in stage.bots),
        reply_times=[1000 * seconds for seconds in evenly.reply_times],
        lost=evenly.lost + at_once.lost,
        elsewhere=(usage.machine - usage.bots - usage.server - usage.telegram) / usage.clock,
    )


def kill_in_mid_run(stage: Stage, updates: int) -> Load:
    """The first bot is killed when half of the updates are answered, and started again at once."""
    warm_up(stage)
    load = Load(stage.telegram, KILLED, updates)
    load.say_at_once()
    wait_for(lambda: load.calls_made >= updates / 2, "half of the updates are answered", timeout=300)
    stage.bots[0].end(signal.SIGKILL)
    last_poll = stage.telegram.calls("getUpdates")[-1]["number"]
    stage.bots[0].start()
    stage.bots[0].wait_until_ready()
    wait_for(lambda: stage.telegram.calls("getUpdates", after=last_poll), "somebody polls again")
    load.wait(PATIENCE)
    return load


def fail_over(stage: Stage, number: int) -> float:
    """Seconds from the leader's death to the first answer; the other one leads from then on."""
    leader = stage.bots.pop(0)
    load = Load(stage.telegram, FAILOVER + number, people=1)
    died = time.time()
    leader.end(signal.SIGKILL)
    load.say_at_once()
    load.wait(PATIENCE)
    assert load.lost == 0, stage.bots[0].said[-5_000:]
    leader.start()
    leader.wait_until_ready()
    stage.bots.append(leader)
    return min(load.answered_at[FAILOVER + number]) - died
