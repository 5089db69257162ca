"""The bot beside the tutorials' and the templates', with the same emulator on the same PostgreSQL.

`python -m benchmarks.updates --quick` takes about a minute.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.bots.contenders import ONE, TEMPLATE, TUTORIAL, TWO, Contender, Theatre
from benchmarks.bots.databases import Databases
from benchmarks.bots.load import Load
from benchmarks.bots.measuring import Round, fail_over, kill_in_mid_run, measure, warm_up
from benchmarks.bots.resources import peak_memory_of_aiogram
from tests.integration.postgres import running_server

PEOPLE = 2_000
RATE = 200  # updates a second, evenly
LATENCY = 0.05  # seconds that Telegram takes to answer

RATE_BUDGET = 2.0  # times the tutorial's updates a second
CPU_BUDGET = 0.5  # ms an update
MEMORY_BUDGET = 60  # MiB above the import of aiogram
REPLY_BUDGET = 80  # ms; 99 of 100 answers while Telegram takes LATENCY
FAILOVER_BUDGET = 5.0  # seconds

DISTURBED = 0.3  # cores; above that, other work on the machine has spoilt the numbers


@dataclass(frozen=True, kw_only=True)
class Scale:
    contenders: Sequence[Contender]
    latencies: Sequence[float]
    rounds: int
    each: int  # updates of every one of PEOPLE
    seconds: int  # of RATE
    killed: Sequence[Contender]
    killed_updates: int
    failovers: int


ALL = (TUTORIAL, TEMPLATE, ONE, TWO)
FULL = Scale(
    contenders=ALL, latencies=(0, LATENCY), rounds=3, each=3, seconds=4, killed=ALL, killed_updates=10_000, failovers=5
)
QUICK = Scale(
    contenders=(TUTORIAL, ONE, TWO),
    latencies=(LATENCY,),
    rounds=1,
    each=2,
    seconds=3,
    killed=(ONE,),
    killed_updates=2_000,
    failovers=1,
)

Rounds = dict[Contender, list[Round]]


def run(scale: Scale = FULL) -> None:
    print(
        f"/start, beside a tutorial's bot (aiogram {version('aiogram')}, its own polling) and a template's "
        f"(SQLAlchemy {version('sqlalchemy')}), the server with its default durability; "
        f"{os.cpu_count()} cores for all of it, load {os.getloadavg()[0]:.1f} before it began"
    )
    floor = peak_memory_of_aiogram()
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "secrets", settings=()) as server:
        bench = _Bench(scale, Theatre(Databases(server), Path(folder)))
        rounds = bench.rounds()
        killed = bench.killed()
        failovers = bench.failovers()
    for latency, measured in rounds.items():
        _show_at_once(scale, latency, measured, floor)
        _show_evenly(scale, latency, measured)
    _show_killed(scale, killed)
    _show_failovers(failovers)


class _Bench:
    def __init__(self, scale: Scale, theatre: Theatre) -> None:
        self._scale = scale
        self._theatre = theatre
        self._began = time.monotonic()

    def rounds(self) -> dict[float, Rounds]:
        """They take turns, and another one begins each round."""
        contenders, latencies = self._scale.contenders, self._scale.latencies
        measured: dict[float, Rounds] = {latency: {one: [] for one in contenders} for latency in latencies}
        for number in range(self._scale.rounds):
            first = number % len(contenders)
            for latency in latencies:
                for contender in (*contenders[first:], *contenders[:first]):
                    result = self._round(contender, latency)
                    measured[latency][contender].append(result)
                    self._tell(f"round {number + 1}, {_ms(latency)}, {contender.name}: {_summary(result)}")
        return measured

    def killed(self) -> dict[Contender, Load]:
        loads: dict[Contender, Load] = {}
        for contender in self._scale.killed:
            with self._theatre.stage(contender, LATENCY) as stage:
                loads[contender] = load = kill_in_mid_run(stage, self._scale.killed_updates)
            self._tell(f"killed, {contender.name}: {load.lost:,} lost, {load.repeated:,} repeated")
        return loads

    def failovers(self) -> list[float]:
        with self._theatre.stage(TWO) as stage:
            warm_up(stage)
            seconds = [fail_over(stage, number) for number in range(self._scale.failovers)]
        self._tell(f"{len(seconds)} failovers")
        return seconds

    def _round(self, contender: Contender, latency: float) -> Round:
        with self._theatre.stage(contender, latency) as stage:
            server = self._theatre.databases.server
            return measure(stage, server, PEOPLE, self._scale.each, RATE, self._scale.seconds)

    def _tell(self, what: str) -> None:
        print(f"  {time.monotonic() - self._began:4.0f} s  {what}", flush=True)


def _summary(result: Round) -> str:
    lost = f", {result.lost:,} LOST" if result.lost else ""
    disturbed = f"; {result.elsewhere:.1f} cores busy elsewhere" if result.elsewhere > DISTURBED else ""
    return (
        f"{result.rate:,.0f} updates/s, CPU {result.cpu:.2f} ms, {result.peak:.0f} MiB, "
        f"p99 {result.reply_time(0.99):.0f} ms{lost}{disturbed}"
    )


def _show_at_once(scale: Scale, latency: float, measured: Rounds, floor: float) -> None:
    tutorials = statistics.median(one.rate for one in measured[TUTORIAL])
    _head(
        f"{PEOPLE * scale.each:,} updates of {PEOPLE:,} people at once, Telegram takes {_ms(latency)}",
        *("updates/s", "CPU ms/update", "PostgreSQL ms", "peak MiB", "lost"),
    )
    for contender, rounds in measured.items():
        _row(
            contender.name,
            _cell(rounds, lambda one: one.rate, "{:,.0f}", worst=min),
            _cell(rounds, lambda one: one.cpu, "{:.2f}"),
            _cell(rounds, lambda one: one.server_cpu, "{:.2f}"),
            _cell(rounds, lambda one: one.peak, "{:.0f}"),
            f"{sum(one.lost for one in rounds):,}",
        )
    _row("budget", f">= {RATE_BUDGET * tutorials:,.0f}", f"<= {CPU_BUDGET}", "", f"<= {floor + MEMORY_BUDGET:.0f}", "0")
    _show_ratios(measured)
    print(f"    import aiogram alone: {floor:.0f} MiB")
    disturbed = [one.elsewhere > DISTURBED for rounds in measured.values() for one in rounds]
    if any(disturbed):
        print(f"    other work on this machine has spoilt {sum(disturbed)} of {len(disturbed)} of these runs")


def _show_ratios(measured: Rounds) -> None:
    """Say more than the medians where the machine's speed changes from round to round."""
    for contender in (ONE, TWO):
        pairs = zip(measured[contender], measured[TUTORIAL], strict=True)
        ratios = "  ".join(f"{ratio:.2f}" for ratio in sorted(ours.rate / theirs.rate for ours, theirs in pairs))
        print(f"    {contender.name}: updates/s by the tutorial's in the same round {ratios}; budget {RATE_BUDGET:g}")


def _show_evenly(scale: Scale, latency: float, measured: Rounds) -> None:
    _head(
        f"{RATE} updates a second for {scale.seconds} s, Telegram takes {_ms(latency)}: until it has the answer",
        *("p50 ms", "p99 ms", "longest ms"),
    )
    for contender, rounds in measured.items():
        _row(
            contender.name,
            _cell(rounds, lambda one: one.reply_time(0.5), "{:.0f}"),
            _cell(rounds, lambda one: one.reply_time(0.99), "{:.0f}"),
            _cell(rounds, lambda one: one.reply_time(1), "{:.0f}"),
        )
    if latency == LATENCY:
        _row("budget", "", f"<= {REPLY_BUDGET}", "")


def _show_killed(scale: Scale, loads: dict[Contender, Load]) -> None:
    title = f"one kill -9 in the middle of {scale.killed_updates:,} updates, started again at once"
    _head(f"{title}; Telegram takes {_ms(LATENCY)}", "never answered", "answered twice")
    for contender, load in loads.items():
        _row(contender.name, f"{load.lost:,}", f"{load.repeated:,}")
    _row("budget", "0", "")


def _show_failovers(seconds: Sequence[float]) -> None:
    shown = "  ".join(f"{value:.1f}" for value in sorted(seconds))
    print(
        f"  kill -9 of the leader of two replicas to the other's first answer: {shown} s; "
        f"median {statistics.median(seconds):.1f} s, worst {max(seconds):.1f} s; budget {FAILOVER_BUDGET:g} s"
    )


def _head(title: str, *columns: str) -> None:
    print(f"  {title}")
    _row("", *columns)


def _row(name: str, *cells: str) -> None:
    print(f"    {name:<18}{''.join(f'{cell:>17}' for cell in cells)}".rstrip())


def _cell(
    rounds: Sequence[Round],
    value: Callable[[Round], float],
    style: str,
    worst: Callable[[Sequence[float]], float] = max,
) -> str:
    """The median and, in parentheses, the worst."""
    values = [value(one) for one in rounds]
    median = style.format(statistics.median(values))
    return median if len(values) == 1 else f"{median} ({style.format(worst(values))})"


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:g} ms"


if __name__ == "__main__":
    run(QUICK if "--quick" in sys.argv[1:] else FULL)
