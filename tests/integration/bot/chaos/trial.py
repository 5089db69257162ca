"""A workload, what it becomes, and what is told of it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

from asyncpg import Connection, Record

from emulator.client import Emulator
from tests.integration.bot.chaos.examination import Findings, examine, shown_by_bot
from tests.integration.bot.chaos.workload import Workload
from tests.integration.conftest import TestDatabase
from tests.waiting import wait_for


class Observer:
    """Looks into the database as its owner, over one connection, from a test that is not asynchronous."""

    def __init__(self, database: TestDatabase) -> None:
        self._database = database
        self._runner = asyncio.Runner()
        self._connection: Connection[Record] | None = None

    def close(self) -> None:
        if self._connection:
            self._connection.terminate()
        self._runner.close()

    def fetch(self, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        return self._runner.run(self._fetch(query, arguments))

    def value(self, query: str, *arguments: object) -> Any:
        return self.fetch(query, *arguments)[0][0]

    async def _fetch(self, query: str, arguments: tuple[object, ...]) -> list[tuple[Any, ...]]:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._database.connect("migrator")
        return [tuple(row) for row in await self._connection.fetch(query, *arguments)]


class Trial:
    def __init__(self, telegram: Emulator, observer: Observer, seed: int) -> None:
        self.telegram = telegram
        self.observer = observer
        self.seed = seed
        self.chance = random.Random(seed)
        self.workload = Workload([])
        self._begun = 0.0

    def send(self, workload: Workload) -> None:
        self.workload = workload
        workload.send(self.telegram)
        self._begun = time.monotonic()

    def moments(self, count: int) -> list[int]:
        """Numbers of answers, between the first and the last, by chance."""
        return sorted(self.chance.sample(range(1, len(self.workload.said)), count))

    def wait_for_answers(self, count: int, timeout: float = 60) -> None:
        """Raises AssertionError, with what is known so far, after `timeout` seconds."""
        self._wait(lambda: self.answers >= count, f"{count} answers", timeout)

    @property
    def answers(self) -> int:
        """Repeats included."""
        return int(self.telegram.counts()["messages"])

    def findings(self, timeout: float = 60) -> Findings:
        """After the last update has been handled."""
        self.wait_until_handled(timeout)
        return self._examined()

    def wait_until_handled(self, timeout: float = 60) -> None:
        """Raises AssertionError, with what is known so far, after `timeout` seconds."""
        self._wait(lambda: not self.left, "all is handled", timeout)

    def _wait(self, condition: Callable[[], bool], what: str, timeout: float) -> None:
        try:
            wait_for(condition, what, timeout)
        except AssertionError as late:
            raise AssertionError(f"{late}; {self.left} updates left\n{self._examined().broken}") from None

    def _examined(self) -> Findings:
        effects = [(chat, number) for chat, number in self.observer.fetch("SELECT chat_id, k FROM effects")]
        return examine(self.workload.chats, shown_by_bot(self.telegram), self.workload.effects, effects)

    @property
    def left(self) -> int:
        """How many updates have not been handled."""
        waiting = int(self.telegram.counts()["waiting"])
        return waiting or int(self.observer.value("SELECT count(*) FROM inbox"))

    def row(self, found: Findings, **cells: object) -> dict[str, object]:
        """A line of the table."""
        return {
            **cells,
            "updates": len(self.workload.said),
            "chats": len(self.workload.chats),
            "unanswered": len(found.unanswered),
            "out of order": len(found.out_of_order),
            "repeats": found.repeats,
            "effects": len(self.workload.effects),
            "not once": len(found.effects),
            "seconds": f"{time.monotonic() - self._begun:.1f}",
            "seed": self.seed,
        }


def table(*rows: dict[str, object]) -> str:
    lines = [list(rows[0]), *([str(cell) for cell in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
