"""The worker with a real inbox and membership; what it has processed is the test's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot

from bot.config import Config
from bot.domain.inbox import Claimed
from bot.storage.database import Database
from bot.telegram.outage import Outage
from bot.updates.outcomes import Finished, Outcome
from bot.updates.worker import Worker
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


@asynccontextmanager
async def working(
    inbox: Inbox, member: Member, process: Callable[[Claimed], Awaitable[Outcome]]
) -> AsyncIterator[Worker]:
    outage = Outage(Bot(TOKEN), over=lambda: None)
    worker = Worker(inbox.store, member.membership, outage, process, concurrency=10)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    try:
        yield worker
        stop.set()
        await running
    finally:
        running.cancel()


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
