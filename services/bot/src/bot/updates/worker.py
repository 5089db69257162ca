from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

from bot.backoff import LONGEST, delay
from bot.domain.inbox import Claimed, Retry
from bot.errors import ClaimLost, StorageUnavailable
from bot.storage.inbox import InboxStore
from bot.storage.membership import Membership
from bot.telegram.outage import Outage
from bot.updates.outcomes import Failed, Finished, Outcome

#: A look at the inbox without being told; what wakes the worker otherwise are notifications and its own timers.
LOOK_INTERVAL = timedelta(seconds=1)

#: Claims for a replica up to a number of updates.
Claim: TypeAlias = Callable[[int | None, int], Awaitable[Sequence[Claimed]]]
HandOver: TypeAlias = Callable[[Claim], Awaitable[None]]

log = logging.getLogger(__name__)


class Worker:
    """Claims updates, has many of them processed at once, and records what became of them, a batch a query."""

    def __init__(
        self,
        inbox: InboxStore,
        membership: Membership,
        outage: Outage,
        process: Callable[[Claimed], Awaitable[Outcome]],
        concurrency: int,
    ) -> None:
        self._inbox = inbox
        self._membership = membership
        self._outage = outage
        self._process = process
        self._concurrency = concurrency
        self._running: dict[asyncio.Task[None], Claimed] = {}
        self._finished: list[Claimed] = []
        self._others: list[Finished | Failed] = []
        self._retries: list[Retry] = []
        self._wake = asyncio.Event()
        #: Something may wait that nobody works for.
        self._more = True
        #: Something may have been claimed for this process without its knowing.
        self._seeks = True
        self._handing_over = asyncio.Lock()
        self._expected = 0
        self._stopping = False

    def look(self) -> None:
        """Something may have come into the inbox."""
        self._more = True
        self._wake.set()

    async def hand_over(self, receive: Claim) -> None:
        """Lets `receive` claim what can be begun at once, as long as nothing older waits. Raises what it raises."""
        async with self._handing_over:
            replica = self._claimer()
            limit = 0 if replica is None or self._more else self._free()
            try:
                await self._begin(receive(replica, limit), limit)
            except BaseException:
                self._seeks = self._more = True
                raise
            finally:
                self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Returns when `stop` is set, and everything in progress has been finished and recorded."""
        looking = asyncio.create_task(self._look_now_and_then())
        stopping = asyncio.create_task(self._heed(stop))
        failures = 0
        try:
            while not self._is_done():
                await self._wake.wait()
                self._wake.clear()
                try:
                    await self._record()
                    await self._claim()
                    failures = 0
                except StorageUnavailable as error:
                    if not failures:
                        log.warning("inbox waits for the database", extra={"reason": str(error)})
                    await asyncio.sleep(min(delay(failures), LOOK_INTERVAL).total_seconds())
                    failures += 1
                    self._seeks = True
                    self.look()
        finally:
            for task in (looking, stopping, *self._running):
                task.cancel()

    def _is_done(self) -> bool:
        unfinished = self._running or self._finished or self._others or self._retries
        return self._stopping and not (unfinished or self._expected)

    def _claimer(self) -> int | None:
        """The name to claim by; None when nothing may be claimed."""
        if self._stopping or self._outage.is_on or not self._membership.is_sure:
            return None
        return self._membership.id

    def _free(self) -> int:
        return max(0, self._concurrency - len(self._running) - self._expected)

    async def _claim(self) -> None:
        self._cancel_strangers(self._membership.id)
        replica, free = self._claimer(), self._free()
        if replica is None or not self._more or not free:
            return
        self._more = False
        if self._seeks:
            async with self._handing_over:
                found = await self._begin(self._inbox.claim(replica, free, self._busy_chats()), free)
                self._seeks = found == free
        else:
            found = await self._begin(self._inbox.claim(replica, free), free)
        if found == free:
            self._more = True

    async def _begin(self, claiming: Awaitable[Sequence[Claimed]], limit: int) -> int:
        """Begins what is claimed; how much that is."""
        self._expected += limit
        try:
            claims = await claiming
        finally:
            self._expected -= limit
        for claimed in claims:
            task = asyncio.create_task(self._work(claimed))
            self._running[task] = claimed
            task.add_done_callback(self._ended)
        return len(claims)

    def _busy_chats(self) -> list[int]:
        outcomes = (*self._others, *self._retries)
        known = (*self._running.values(), *self._finished, *(outcome.claimed for outcome in outcomes))
        return [claimed.chat_id for claimed in known]

    async def _work(self, claimed: Claimed) -> None:
        try:
            outcome = await self._process(claimed)
        except Exception:
            log.exception("update could not be processed", extra={"update_id": claimed.update_id})
            outcome = Retry(claimed, LONGEST)
        match outcome:
            case Finished(claimed, ()):
                self._finished.append(claimed)
            case Retry():
                self._retries.append(outcome)
            case _:
                self._others.append(outcome)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._wake.set()

    async def _record(self) -> None:
        """Raises StorageUnavailable; what has not been recorded is kept."""
        if finished := self._finished[:]:
            if await self._inbox.finish(finished):
                self._more = True
            del self._finished[: len(finished)]
        while self._others:
            await self._record_one(self._others[0])
            del self._others[0]
        if retries := self._retries[:]:
            await self._inbox.retry(retries)
            del self._retries[: len(retries)]
            for retry in retries:
                asyncio.get_running_loop().call_later(retry.after.total_seconds(), self.look)

    async def _record_one(self, outcome: Finished | Failed) -> None:
        try:
            match outcome:
                case Finished(claimed, changes):
                    more = await self._inbox.finish_with(claimed, changes)
                case Failed(claimed, error, notices):
                    more = await self._inbox.fail(claimed, error, notices)
            if more:
                self._more = True
        except ClaimLost:
            pass
        except StorageUnavailable:
            raise
        except Exception:
            log.exception("outcome could not be recorded", extra={"update_id": outcome.claimed.update_id})
            self._retries.append(Retry(outcome.claimed, LONGEST))

    def _cancel_strangers(self, replica: int | None) -> None:
        """What was claimed under a name that is no longer ours is done by others."""
        for task, claimed in self._running.items():
            if claimed.replica != replica and replica is not None:
                task.cancel()

    async def _look_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(LOOK_INTERVAL.total_seconds())
            self._seeks = True
            self.look()

    async def _heed(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._stopping = True
        self._wake.set()
