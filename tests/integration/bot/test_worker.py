"""The worker with a real inbox and membership; what it has processed is the test's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiogram import Bot

from bot.config import Config
from bot.domain.inbox import Arrival, Claimed
from bot.errors import StorageUnavailable
from bot.storage.database import Database
from bot.telegram.outage import Outage
from bot.updates import worker as worker_module
from bot.updates.outcomes import Finished, Outcome
from bot.updates.worker import Claim, Worker
from tests.integration.bot.members import Member, watched
from tests.integration.bot.processes import TOKEN
from tests.integration.bot.receiving import Inbox, arrival, update_ids
from tests.integration.bot.sending import eventually


@pytest.fixture
async def member(config: Config) -> AsyncIterator[Member]:
    async with watched(config) as group:
        yield await group.join()


@pytest.fixture
def inbox(storage: Database) -> Inbox:
    return Inbox(storage)


@pytest.fixture
def only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker does not look by itself."""
    monkeypatch.setattr(worker_module, "LOOK_INTERVAL", timedelta(days=1))


@asynccontextmanager
async def working(
    inbox: Inbox,
    member: Member,
    process: Callable[[Claimed], Awaitable[Outcome]],
    stop: asyncio.Event | None = None,
) -> AsyncIterator[Worker]:
    outage = Outage(Bot(TOKEN), over=lambda: None)
    worker = Worker(inbox.store, member.membership, outage, process, concurrency=10)
    stop = stop or asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    try:
        yield worker
        stop.set()
        await running
    finally:
        running.cancel()


class Done:
    """Finishes whatever comes."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    async def process(self, claimed: Claimed) -> Outcome:
        self.numbers.append(claimed.update_id)
        return Finished(claimed)


async def settled(inbox: Inbox, worker: Worker) -> None:
    """It has looked, and knows that nothing waits."""
    await inbox.receive(arrival(1000, 1000))
    worker.look()
    await eventually(lambda: is_empty(inbox), "it is done")


async def is_empty(inbox: Inbox) -> bool:
    return bool(await inbox.value("SELECT count(*) = 0 FROM inbox"))


async def test_what_was_claimed_without_the_worker_knowing_is_done(inbox: Inbox, member: Member) -> None:
    """The answer of the claim was lost, as when the connection ends after the commit."""
    replica = member.replica
    await inbox.receive(arrival(1, 1), arrival(2, 1))
    assert update_ids(await inbox.store.claim(replica, 10)) == [1]
    done = []

    async def process(claimed: Claimed) -> Outcome:
        done.append((claimed.replica, claimed.update_id))
        return Finished(claimed)

    async with working(inbox, member, process):
        await eventually(lambda: is_empty(inbox), "all is done")
    assert done == [(replica, 1), (replica, 2)]


async def test_what_is_in_progress_is_not_claimed_again(inbox: Inbox, member: Member) -> None:
    begun: list[int] = []
    go_on = asyncio.Event()

    async def process(claimed: Claimed) -> Outcome:
        begun.append(claimed.update_id)
        if claimed.chat_id == 1:
            await go_on.wait()
        return Finished(claimed)

    async with working(inbox, member, process) as worker:
        await inbox.receive(arrival(1, 1))
        for number in range(2, 6):
            await inbox.receive(arrival(number, 2))
            worker.look()
            await eventually(lambda: inbox.value("SELECT count(*) = 1 FROM inbox"), "the other chat is served")
        assert begun == [1, 2, 3, 4, 5]
        go_on.set()
        await eventually(lambda: is_empty(inbox), "all is done")
    assert begun == [1, 2, 3, 4, 5]


async def test_a_task_that_somebody_cancels_leaves_no_chat_stuck(inbox: Inbox, member: Member) -> None:
    tries: list[int] = []

    async def process(claimed: Claimed) -> Outcome:
        tries.append(claimed.update_id)
        if len(tries) == 1:
            raise asyncio.CancelledError
        return Finished(claimed)

    await inbox.receive(arrival(1, 1), arrival(2, 1))
    async with working(inbox, member, process):
        await eventually(lambda: is_empty(inbox), "all is done")
    assert tries == [1, 1, 2]


@pytest.mark.usefixtures("only_when_told")
async def test_what_comes_while_an_outcome_is_recorded_is_claimed_at_once(inbox: Inbox, member: Member) -> None:
    done = Done()
    async with working(inbox, member, done.process) as worker:
        async with inbox.database.transaction() as connection:
            await inbox.receive(arrival(1, 1))
            await inbox.receive(arrival(2, 2))
            await connection.execute("SELECT FROM inbox WHERE chat_id = 1 FOR UPDATE")
            worker.look()
            await inbox.until_somebody_waits_for_a_lock()
            await inbox.receive(arrival(3, 3))
            worker.look()
        await eventually(lambda: is_empty(inbox), "all is done")
    assert sorted(done.numbers) == [1, 2, 3]


@pytest.mark.usefixtures("only_when_told")
async def test_what_is_received_is_begun_at_once_while_there_is_room(inbox: Inbox, member: Member) -> None:
    begun: list[int] = []
    go_on = asyncio.Event()

    async def process(claimed: Claimed) -> Outcome:
        begun.append(claimed.update_id)
        if claimed.update_id != 1000:
            await go_on.wait()
        return Finished(claimed)

    async with working(inbox, member, process) as worker:
        await settled(inbox, worker)
        await worker.hand_over(received(inbox, arrival(1, 1), arrival(2, 1), *(arrival(n, n) for n in range(3, 20))))
        await asyncio.sleep(0)
        assert begun == [1000, 1, *range(3, 12)]
        go_on.set()
        await eventually(lambda: is_empty(inbox), "all is done")
    assert sorted(begun) == [*range(1, 20), 1000]


@pytest.mark.usefixtures("only_when_told")
async def test_what_was_received_without_the_worker_knowing_is_done(inbox: Inbox, member: Member) -> None:
    """Its answer was lost, as when the connection ends after the commit."""
    done = Done()

    async def cut_off(replica: int | None, limit: int) -> list[Claimed]:
        assert len(await inbox.receive(arrival(1, 1), arrival(2, 2), replica=replica, limit=limit)) == 2
        raise StorageUnavailable("cut off")

    async with working(inbox, member, done.process) as worker:
        await settled(inbox, worker)
        with pytest.raises(StorageUnavailable):
            await worker.hand_over(cut_off)
        await eventually(lambda: is_empty(inbox), "all is done")
    assert sorted(done.numbers) == [1, 2, 1000]


@pytest.mark.usefixtures("only_when_told")
async def test_who_is_told_to_stop_while_receiving_does_what_it_has_claimed(inbox: Inbox, member: Member) -> None:
    done = Done()
    stop, heard = asyncio.Event(), asyncio.Event()

    async def slowly(replica: int | None, limit: int) -> list[Claimed]:
        claims = await inbox.receive(arrival(1, 1), replica=replica, limit=limit)
        stop.set()
        await heard.wait()
        return claims

    async with working(inbox, member, done.process, stop) as worker:
        await settled(inbox, worker)
        handing_over = asyncio.create_task(worker.hand_over(slowly))
        await stop.wait()
        # By then, whoever forgets what is still coming has returned.
        await inbox.value("SELECT 1")
        heard.set()
    await handing_over
    assert done.numbers == [1000, 1]
    assert await is_empty(inbox)


def received(inbox: Inbox, *arrivals: Arrival) -> Claim:
    return lambda replica, limit: inbox.receive(*arrivals, replica=replica, limit=limit)
