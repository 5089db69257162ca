"""Whatever receivers, workers, crashes and operators do to the inbox, it is what a list a chat would be."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Collection, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import pytest
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
from bot.domain.calls import Call, Outgoing
from bot.domain.conversations import ConversationChange, ConversationKey
from bot.domain.inbox import Claimed, Retry
from bot.errors import ClaimLost
from bot.storage.database import Database, open_database
from bot.storage.inbox import Changes
from tests.integration.bot.receiving import BOT_ID, NOW, Inbox, arrival
from tests.integration.conftest import TestDatabase

T = TypeVar("T")

#: To explain a failure takes longer than to find it.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]

CHATS = (1, 2, -3)
LATER = timedelta(hours=1)
CONVERSATION = ConversationKey(BOT_ID, 1, 1)
EMPTY = "TRUNCATE inbox, inbox_chats, received_updates, polling, failed_updates, replicas, conversations, outbox"
#: Everything there is, in one trip.
LOOK = """
    SELECT
        (SELECT json_agg(kept ORDER BY id) FROM (SELECT *, answer IS NOT NULL AS handled FROM inbox) AS kept) AS inbox,
        (SELECT json_agg(inbox_chats) FROM inbox_chats) AS chats,
        (SELECT json_agg(kept) FROM (SELECT *, answer IS NOT NULL AS handled FROM failed_updates) AS kept) AS failed,
        (SELECT array_agg(update_id) FROM received_updates) AS received,
        (SELECT next_offset FROM polling) AS next_offset,
        (SELECT data::text FROM conversations) AS conversation,
        (SELECT count(*) FROM outbox) AS notices
"""

chosen = st.integers(0, 99)
some_chosen = st.lists(chosen, min_size=1, max_size=4)
answers = st.none() | st.sampled_from(["hello", "\x00"]).map(lambda text: Call("sendMessage", {"text": text}))
batches = st.lists(st.tuples(st.integers(1, 30), st.sampled_from(CHATS)), min_size=1, max_size=8)


@dataclass
class Waiting:
    """An update as it has to be in the inbox; no two have the same number."""

    number: int
    update_id: int
    attempts: int = 0
    handled: bool = False
    answer: Call | None = None


@dataclass
class Chat:
    queue: list[Waiting] = field(default_factory=list)
    claim: Claimed | None = None
    #: The step in which it became due; None: later.
    due: int | None = 0


class InboxMachine(RuleBasedStateMachine):
    def __init__(self, runner: asyncio.Runner, database: Database, owner: Connection[Record]) -> None:
        super().__init__()
        self._runner = runner
        self._owner = owner
        self._inbox = Inbox(database)
        self._store = self._inbox.store
        self._chats = {chat_id: Chat() for chat_id in CHATS}
        self._replicas: list[int] = []
        self._remembered: set[int] = set()
        self._claims: list[Claimed] = []  # all there have ever been
        self._failed: dict[int, tuple[int, Waiting]] = {}
        self._conversation: dict[str, int] = {}
        self._notices = 0
        self._next_offset: int | None = None
        self._numbers = itertools.count(1)
        self._steps = itertools.count(1)
        self._arrived: set[int] = set()
        self._ended: list[int] = []  # finished or dropped

    @initialize(backlog=batches)
    def begin(self, backlog: list[tuple[int, int]]) -> None:
        self._run(self._owner.execute(EMPTY))
        self._replicas = [self._run(self._inbox.join()) for _ in range(3)]
        self._receive(backlog)

    @rule(batch=batches, times=st.integers(1, 2), which=st.integers(0, 3), limit=st.integers(0, 3))
    def receive(self, batch: list[tuple[int, int]], times: int, which: int, limit: int) -> None:
        """For one of the replicas, or one that is gone."""
        self._receive(batch, times, [*self._replicas, 10**9][which], limit)

    @rule(
        which=st.integers(0, 2),
        limit=st.integers(1, 3),
        forgotten=st.none() | st.sets(st.sampled_from(CHATS), max_size=1),
    )
    def claim(self, which: int, limit: int, forgotten: set[int] | None) -> None:
        self._claim(self._replicas[which], limit, forgotten)

    @rule(limit=st.integers(1, 3))
    def a_stranger_claims(self, limit: int) -> None:
        assert self._run(self._store.claim(10**9, limit)) == []

    @rule(which=some_chosen)
    def finish(self, which: list[int]) -> None:
        claims = self._pick(which)
        more = self._run(self._store.finish(claims))
        held = {claimed.chat_id for claimed in claims if self._holds(claimed)}
        self._finished(held)
        assert more == any(self._chats[chat_id].queue for chat_id in held)

    @rule(which=chosen)
    def finish_with(self, which: int) -> None:
        for claimed in self._pick([which]):
            number, changes = self._change()
            held = self._holds(claimed)
            more = self._unless_lost(self._store.finish_with(claimed, changes), held)
            if held:
                self._conversation[str(number)] = number
                self._finished([claimed.chat_id])
                assert more == bool(self._chats[claimed.chat_id].queue)

    @rule(which=chosen, answer=answers, commits=st.booleans())
    def keep_answer(self, which: int, answer: Call | None, commits: bool) -> None:
        for claimed in self._pick([which]):
            number, changes = self._change()
            can = self._holds(claimed) and not self._chats[claimed.chat_id].queue[0].handled
            self._unless_lost(self._keep_answer(claimed, answer, changes, commits), can)
            if can and commits:
                self._conversation[str(number)] = number
                first = self._chats[claimed.chat_id].queue[0]
                first.handled, first.answer = True, answer

    @rule(which=some_chosen, after=st.sampled_from([NOW, LATER]), error=st.sampled_from([None, "trouble"]))
    def retry(self, which: list[int], after: timedelta, error: str | None) -> None:
        claims = self._pick(which)
        step = next(self._steps)
        self._run(self._store.retry([Retry(claimed, after, error) for claimed in claims]))
        for chat in {
            claimed.chat_id: self._chats[claimed.chat_id] for claimed in claims if self._holds(claimed)
        }.values():
            chat.claim = None
            chat.due = None if after else step
            chat.queue[0].attempts += error is not None

    @precondition(lambda self: any(chat.due is None for chat in self._chats.values()))
    @rule()
    def time_passes(self) -> None:
        self._run(self._inbox.execute("UPDATE inbox_chats SET due_at = now() WHERE due_at > now()"))
        step = next(self._steps)
        for chat in self._chats.values():
            chat.due = chat.due or step

    @rule(which=chosen)
    def fail(self, which: int) -> None:
        for claimed in self._pick([which]):
            held = self._holds(claimed)
            notices = [Outgoing(9, Call("sendMessage", {}))]
            more = self._unless_lost(self._store.fail(claimed, "hopeless", notices), held)
            if held:
                self._notices += 1
                first = self._first_out(claimed.chat_id, next(self._steps))
                first.attempts += 1
                self._failed[claimed.id] = claimed.chat_id, first
                assert more == bool(self._chats[claimed.chat_id].queue)

    @precondition(lambda self: self._failed)
    @rule(which=some_chosen, everything=st.booleans())
    def replay(self, which: list[int], everything: bool) -> None:
        ids = self._failed_ids(which, everything)
        assert self._run(self._inbox.failed.replay(None if everything else ids)) == len(set(ids) & set(self._failed))
        replayed: dict[int, list[Waiting]] = {}
        for failed_id in sorted(set(ids) & set(self._failed)):
            chat_id, update = self._failed.pop(failed_id)
            update.attempts = 0
            replayed.setdefault(chat_id, []).append(update)
        self._append(replayed)

    @precondition(lambda self: self._failed)
    @rule(which=some_chosen, everything=st.booleans())
    def drop(self, which: list[int], everything: bool) -> None:
        ids = self._failed_ids(which, everything)
        known = set(ids) & set(self._failed)
        assert self._run(self._inbox.failed.drop(None if everything else ids)) == len(known)
        self._ended += [self._failed.pop(failed_id)[1].number for failed_id in known]

    @rule(limit=st.integers(1, 4), old=st.sets(st.integers(1, 30), max_size=5), idle_chats_too=st.booleans())
    def purge(self, limit: int, old: set[int], idle_chats_too: bool) -> None:
        old &= self._remembered
        self._run(self._age(old, idle_chats_too))
        idle = self._run(self._inbox.value("SELECT count(*) FROM inbox_chats WHERE waiting = 0"))
        gone = self._run(self._store.purge(timedelta(days=1), limit))
        assert gone == min(limit, len(old)) + (min(limit, idle) if idle_chats_too else 0)
        left = set(self._run(self._inbox.value("SELECT array_agg(update_id) FROM received_updates")) or ())
        assert self._remembered - left <= old
        self._remembered = left
        self._run(self._inbox.execute("UPDATE received_updates SET received_at = now()"))

    @rule(which=st.integers(0, 2))
    def a_replica_dies(self, which: int) -> None:
        replica = self._replicas[which]
        self._run(self._inbox.bury(replica))
        self._replicas[which] = self._run(self._inbox.join())
        for chat in self._chats.values():
            if chat.claim and chat.claim.replica == replica:
                chat.claim = None

    @invariant()
    def the_database_holds_what_the_model_holds(self) -> None:
        seen = self._run(self._look())
        inbox = json.loads(seen["inbox"] or "[]")
        for chat_id, chat in self._chats.items():
            mine = [_shown(row) for row in inbox if row["chat_id"] == chat_id]
            assert mine == chat.queue
        assert {row["chat_id"]: (row["waiting"], row["claimed_by"]) for row in json.loads(seen["chats"] or "[]")} | {
            chat_id: (0, None) for chat_id, chat in self._chats.items() if not chat.queue
        } == {
            chat_id: (len(chat.queue), chat.claim.replica if chat.claim else None)
            for chat_id, chat in self._chats.items()
        }
        failed = {row["id"]: (row["chat_id"], _shown(row)) for row in json.loads(seen["failed"] or "[]")}
        assert failed == self._failed
        assert set(seen["received"] or ()) == self._remembered
        assert seen["next_offset"] == self._next_offset
        assert json.loads(seen["conversation"] or "{}") == self._conversation
        assert seen["notices"] == self._notices

    @invariant()
    def nothing_is_lost_and_nothing_done_twice(self) -> None:
        waiting = [update.number for chat in self._chats.values() for update in chat.queue]
        failed = [update.number for _, update in self._failed.values()]
        assert sorted([*waiting, *failed, *self._ended]) == sorted(self._arrived)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def _unless_lost(self, work: Coroutine[Any, Any, T], held: bool) -> T | None:
        if held:
            return self._run(work)
        with pytest.raises(ClaimLost):
            self._run(work)
        return None

    async def _keep_answer(self, claimed: Claimed, answer: Call | None, changes: Changes, commits: bool) -> None:
        async with self._inbox.database.connection() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                await self._store.keep_answer(connection, claimed, answer, changes)
            except ClaimLost:
                await transaction.rollback()
                raise
            await (transaction.commit() if commits else transaction.rollback())

    async def _look(self) -> Record:
        async with self._inbox.database.connection() as connection:
            seen = await connection.fetchrow(LOOK)
        assert seen is not None
        return seen

    async def _age(self, old: set[int], idle_chats_too: bool) -> None:
        await self._inbox.execute(
            "UPDATE received_updates SET received_at = now() - interval '2 days' WHERE update_id = ANY ($1)",
            list(old),
        )
        await self._inbox.execute(
            "UPDATE inbox_chats SET due_at = now() - $1::interval WHERE waiting = 0",
            timedelta(days=2 if idle_chats_too else 0),
        )

    def _receive(
        self, batch: list[tuple[int, int]], times: int = 1, replica: int | None = None, limit: int = 0
    ) -> None:
        numbered = [(next(self._numbers), *given) for given in batch]
        arrivals = [arrival(update_id, chat_id, number=number) for number, update_id, chat_id in numbered]
        claims = self._run(self._inbox.receive(*arrivals, replica=replica, limit=limit))
        for _ in range(times - 1):
            assert self._run(self._inbox.receive(*arrivals, replica=replica, limit=limit)) == []
        fresh: dict[int, list[Waiting]] = {}
        for number, update_id, chat_id in numbered:
            if update_id not in self._remembered:
                self._remembered.add(update_id)
                self._arrived.add(number)
                fresh.setdefault(chat_id, []).append(Waiting(number, update_id))
        first_places = list(fresh)[:limit] if replica in self._replicas else []
        idle = {chat_id for chat_id in first_places if not self._chats[chat_id].queue}
        self._append(fresh)
        assert {claimed.chat_id for claimed in claims} == idle
        for claimed in claims:
            self._take(claimed, claimed.replica)
            assert claimed.replica == replica
        self._next_offset = batch[-1][0] + 1

    def _claim(self, replica: int, limit: int, forgotten: Collection[int] | None = None) -> None:
        """`forgotten`: chats that the replica may have claimed without getting to know it; None: it does not ask."""
        mine = {chat_id for chat_id, chat in self._chats.items() if chat.claim and chat.claim.replica == replica}
        busy = None if forgotten is None else mine.difference(forgotten)
        claims = self._run(self._store.claim(replica, limit, busy))
        free = {
            chat_id: chat.due
            for chat_id, chat in self._chats.items()
            if chat.due and chat.queue and (not chat.claim or chat_id in mine.intersection(forgotten or ()))
        }
        assert len(claims) == min(limit, len(free)) == len({claimed.chat_id for claimed in claims})
        for claimed in claims:
            self._take(claimed, replica)
        longest = [free.pop(claimed.chat_id) for claimed in claims]
        assert not free or not longest or max(longest) <= min(free.values())

    def _pick(self, which: Sequence[int]) -> list[Claimed]:
        """Three of four times one that is held, else any there has ever been."""
        if not any(chat.claim for chat in self._chats.values()):
            self._claim(self._replicas[0], 3)
        held = [chat.claim for chat in self._chats.values() if chat.claim]
        chosen_from = [held if number % 4 and held else self._claims for number in which]
        return [
            claims[-1 - number // 4 % len(claims)] for number, claims in zip(which, chosen_from, strict=True) if claims
        ]

    def _failed_ids(self, which: Sequence[int], everything: bool) -> list[int]:
        known = list(self._failed)
        return known if everything else [known[number] if number < len(known) else 10**9 + number for number in which]

    def _holds(self, claimed: Claimed) -> bool:
        held = self._chats[claimed.chat_id].claim
        return held is not None and (held.replica, held.id) == (claimed.replica, claimed.id)

    def _change(self) -> tuple[int, Changes]:
        """One that nothing else makes."""
        number = next(self._numbers)
        return number, [(CONVERSATION, ConversationChange(merged={str(number): number}))]

    def _append(self, updates: dict[int, list[Waiting]]) -> None:
        step = next(self._steps)
        for chat_id, added in updates.items():
            chat = self._chats[chat_id]
            if not chat.queue:
                chat.due = step
            chat.queue += added

    def _take(self, claimed: Claimed, replica: int) -> None:
        chat = self._chats[claimed.chat_id]
        first = chat.queue[0]
        assert claimed.replica == replica
        assert claimed.id not in {earlier.id for earlier in self._claims if not self._same(earlier, claimed)}
        assert json.loads(claimed.payload) == {"update_id": first.update_id, "number": first.number}
        assert Waiting(first.number, claimed.update_id, claimed.attempts, claimed.handled, claimed.answer) == first
        chat.claim = claimed
        self._claims.append(claimed)

    def _same(self, earlier: Claimed, claimed: Claimed) -> bool:
        return (earlier.payload, earlier.chat_id) == (claimed.payload, claimed.chat_id)

    def _finished(self, chat_ids: Iterable[int]) -> None:
        step = next(self._steps)
        self._ended += [self._first_out(chat_id, step).number for chat_id in chat_ids]

    def _first_out(self, chat_id: int, step: int) -> Waiting:
        chat = self._chats[chat_id]
        chat.claim, chat.due = None, step
        return chat.queue.pop(0)


def _shown(row: dict[str, Any]) -> Waiting:
    answer = Call(**row["answer"]) if row["answer"] else None
    return Waiting(row["payload"]["number"], row["update_id"], row["attempts"], row["handled"], answer)


def test_the_inbox_is_a_list_a_chat(database: TestDatabase, config: Config) -> None:
    with asyncio.Runner() as runner:
        storage = runner.run(open_database(config))
        owner = runner.run(database.connect("migrator"))

        class Machine(InboxMachine):
            def __init__(self) -> None:
                super().__init__(runner, storage, owner)

        try:
            run_state_machine_as_test(
                Machine,
                settings=settings(
                    max_examples=60,
                    stateful_step_count=40,
                    deadline=None,
                    phases=PHASES,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(owner.close())
            runner.run(storage.close())
