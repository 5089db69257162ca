"""Whatever is written, tried, settled and forgotten, the outbox is what one list would be."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from asyncpg import Connection, Record
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.config import Config
from bot.domain.calls import Blocked, Call, Due, Failed, Outcome, Outgoing, SendAgain, Sent
from bot.storage.database import Database, open_database
from bot.storage.outbox import OutboxStore
from tests.integration.conftest import TestDatabase

T = TypeVar("T")

#: To explain a failure takes longer than to find it.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]

CHATS = (1, 2, -3)
LATER = timedelta(hours=1)
#: Far enough apart for the order to be certain, whatever the database's clock says meanwhile.
EARLIER = [timedelta(days=-days) for days in (3, 2, 1)]
LOOK = """
    SELECT id, chat_id, parameters::text, key, bulk, due_at > now() AS later, attempts, state, error
    FROM outbox
    ORDER BY id
"""

chats = st.sampled_from(CHATS)
keys = st.none() | st.integers(1, 6).map(str)
batches = st.lists(
    st.tuples(chats, keys, st.sampled_from([None, LATER, *EARLIER]), st.booleans()), min_size=1, max_size=5
)
outcomes = st.sampled_from([Sent(), Blocked("by them"), Failed("no"), SendAgain(timedelta(0), "reset")]) | st.builds(
    SendAgain, st.sampled_from([timedelta(0), LATER]), st.just("\x00 \ud800"), st.none() | chats
)


@dataclass
class Kept:
    """A message as it has to be in the outbox; no two have the same number."""

    number: int
    chat_id: int
    key: str | None
    bulk: bool
    #: Orders what is due; None: later.
    due: tuple[timedelta, int] | None
    attempts: int = 0
    state: str = "pending"
    error: str | None = None
    old: bool = False

    @property
    def shown(self) -> tuple[object, ...]:
        return self.number, self.chat_id, self.key, self.bulk, self.attempts, self.state, self.error


class OutboxMachine(RuleBasedStateMachine):
    def __init__(self, runner: asyncio.Runner, database: Database, owner: Connection[Record]) -> None:
        super().__init__()
        self._runner = runner
        self._database = database
        self._owner = owner
        self._store = OutboxStore(database)
        self._kept: list[Kept] = []
        self._sent: list[int] = []
        self._handed_out: list[tuple[Due, int]] = []
        self._numbers = itertools.count(1)
        self._steps = itertools.count(1)
        self._now: datetime

    @initialize(backlog=batches)
    def begin(self, backlog: list[tuple[int, str | None, timedelta | None, bool]]) -> None:
        self._run(self._owner.execute("TRUNCATE outbox"))
        self._now = self._run(self._owner.fetchval("SELECT now()"))
        self._write(backlog, commits=True)

    @rule(batch=batches, commits=st.booleans())
    def write(self, batch: list[tuple[int, str | None, timedelta | None, bool]], commits: bool) -> None:
        self._write(batch, commits)

    @rule(limit=st.integers(1, 6), busy=st.sets(chats, max_size=1))
    def hand_out(self, limit: int, busy: set[int]) -> None:
        self._hand_out(limit, busy)

    @precondition(lambda self: self._kept)
    @rule(which=st.integers(0, 99), outcome=outcomes, times=st.integers(1, 2))
    def settle(self, which: int, outcome: Outcome, times: int) -> None:
        """Also what was settled, postponed or forgotten since it was handed out."""
        self._hand_out(6, set())
        if not self._handed_out:
            return
        due, number = self._handed_out[-1 - which % min(len(self._handed_out), 9)]
        for _ in range(times):
            self._run(self._store.settle(due, outcome))
        message = next((kept for kept in self._kept if kept.number == number and kept.state == "pending"), None)
        if message and (message.attempts == due.attempts or not isinstance(outcome, SendAgain)):
            self._settled(message, due, outcome)

    @rule()
    def time_passes(self) -> None:
        self._run(self._execute("UPDATE outbox SET due_at = now() WHERE due_at > now()"))
        step = next(self._steps)
        for message in self._kept:
            message.due = message.due or (timedelta(0), step)

    @rule(which=st.sets(st.integers(0, 9)), limit=st.integers(1, 4))
    def purge(self, which: set[int], limit: int) -> None:
        numbers = [message.number for place, message in enumerate(self._kept) if place in which]
        aged = (
            "UPDATE outbox SET settled_at = now() - interval '2 days' WHERE (parameters ->> 'number')::int = ANY ($1)"
        )
        self._run(self._execute(aged, numbers))
        old = {
            message.number
            for message in self._kept
            if message.state in ("sent", "blocked") and (message.old or message.number in numbers)
        }
        assert self._run(self._store.purge(timedelta(days=1), limit)) == min(limit, len(old))
        left = {json.loads(row["parameters"])["number"] for row in self._run(self._rows())}
        gone = {message.number for message in self._kept} - left
        assert gone <= old
        self._kept = [message for message in self._kept if message.number in left]
        for message in self._kept:
            message.old = message.number in old

    @invariant()
    def the_database_holds_what_the_model_holds(self) -> None:
        rows = self._run(self._rows())
        assert [_shown(row) for row in rows] == [message.shown for message in self._kept]
        assert [row["later"] for row in rows] == [message.due is None for message in self._kept]

    @invariant()
    def failures_are_listed(self) -> None:
        failed = [message.number for message in self._kept if message.state == "failed"]
        listed = self._run(self._store.failed())
        assert sorted(message.call.parameters["number"] for message in listed) == failed

    @invariant()
    def the_next_time_is_known(self) -> None:
        waits = any(message.due is None and message.state == "pending" for message in self._kept)
        assert (self._run(self._store.next_due()) is not None) == waits

    def _write(self, batch: list[tuple[int, str | None, timedelta | None, bool]], commits: bool) -> None:
        numbered = [(next(self._numbers), *given) for given in batch]
        self._run(
            self._enqueue(
                [
                    Outgoing(chat_id, Call("x", {"number": number}), key, self._time(due), bulk)
                    for number, chat_id, key, due, bulk in numbered
                ],
                commits,
            )
        )
        step = next(self._steps)
        for number, chat_id, key, due, bulk in numbered if commits else ():
            if key is None or key not in {message.key for message in self._kept}:
                order = None if due == LATER else (due or timedelta(0), step if due is None else 0)
                self._kept.append(Kept(number, chat_id, key, bulk, order))

    def _time(self, due: timedelta | None) -> datetime | None:
        return None if due is None else self._now + due

    def _hand_out(self, limit: int, busy: set[int]) -> None:
        found = self._run(self._store.due(limit, busy))
        waiting = [message for message in self._kept if self._may_be_sent(message) and message.chat_id not in busy]
        waiting.sort(key=lambda message: (message.bulk, message.due))  # the list is in the order of writing
        expected = waiting[:limit]
        assert [(due.call.parameters["number"], due.chat_id, due.attempts, due.bulk) for due in found] == [
            (message.number, message.chat_id, message.attempts, message.bulk) for message in expected
        ]
        self._handed_out += [(due, message.number) for due, message in zip(found, expected, strict=True)]

    def _may_be_sent(self, message: Kept) -> bool:
        earlier = itertools.takewhile(lambda other: other is not message, self._kept)
        held_back = any(
            other.state == "pending" and other.attempts and other.chat_id == message.chat_id for other in earlier
        )
        return message.state == "pending" and message.due is not None and not held_back

    def _settled(self, message: Kept, due: Due, outcome: Outcome) -> None:
        assert message.number not in self._sent
        message.attempts += 1
        match outcome:
            case Sent():
                message.state = "sent"
                message.error = None
                self._sent.append(message.number)
            case Blocked(error):
                message.state, message.error = "blocked", error
            case Failed(error):
                message.state, message.error = "failed", error
            case SendAgain():
                message.due = None if outcome.after else (timedelta(0), next(self._steps))
                message.error = outcome.error.replace("\x00", "�").replace("\ud800", "�")
                message.chat_id = due.chat_id if outcome.moved_to is None else outcome.moved_to

    async def _enqueue(self, messages: list[Outgoing], commits: bool) -> None:
        async with self._database.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            await self._store.enqueue(connection, messages)
            await (transaction.commit() if commits else transaction.rollback())

    async def _execute(self, query: str, *arguments: object) -> None:
        async with self._database.connection() as connection:
            await connection.execute(query, *arguments)

    async def _rows(self) -> list[Record]:
        async with self._database.connection() as connection:
            return await connection.fetch(LOOK)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)


def _shown(row: Record) -> tuple[object, ...]:
    parameters = json.loads(row["parameters"])
    assert parameters.get("chat_id", row["chat_id"]) == row["chat_id"]
    names = ("chat_id", "key", "bulk", "attempts", "state", "error")
    return (parameters["number"], *(row[name] for name in names))


def test_the_outbox_is_a_list(database: TestDatabase, config: Config) -> None:
    with asyncio.Runner() as runner:
        storage = runner.run(open_database(config))
        owner = runner.run(database.connect("migrator"))

        class Machine(OutboxMachine):
            def __init__(self) -> None:
                super().__init__(runner, storage, owner)

        try:
            run_state_machine_as_test(
                Machine,
                settings=settings(
                    max_examples=40,
                    stateful_step_count=40,
                    deadline=None,
                    phases=PHASES,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(owner.close())
            runner.run(storage.close())
