from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from math import inf

from aiogram import Bot

from bot.backoff import delay
from bot.domain.calls import Due, Outcome, SendAgain
from bot.errors import StorageUnavailable
from bot.outgoing.candidates import Candidates
from bot.outgoing.delivery import Delivery, NotNow
from bot.outgoing.pauses import Pauses
from bot.outgoing.rate_limits import RateLimits
from bot.storage.outbox import OutboxStore
from bot.telegram.outage import Outage
from bot.telegram.session import Session

#: The outbox is looked at anew no more often than this, however often something is written. In seconds.
LOOK_INTERVAL = 0.1
#: How long it takes at most to notice that one may act again, or that Telegram is back. In seconds.
CHECK_INTERVAL = 0.25
#: How many chats are kept in mind, in batches.
MOST_BATCHES = 5

log = logging.getLogger(__name__)


class Sender:
    """Sends what is in the outbox, at least once. There must be no other one at the same time."""

    def __init__(
        self,
        outbox: OutboxStore,
        session: Session,
        bot: Bot,
        outage: Outage,
        limits: RateLimits,
        wakeup: asyncio.Event,
        *,
        may_act: Callable[[], bool] = lambda: True,
        concurrency: int = 8,
        batch: int = 200,
        most_attempts: int = 10,
        send_timeout: timedelta = timedelta(seconds=30),
        poll_interval: timedelta = timedelta(seconds=10),
    ) -> None:
        """`wakeup`: set it whenever something may have been written, and when an outage is over.

        `may_act`: asked before each message; nothing is sent while it is False. Where another may have sent something
        meanwhile, cancel `run` and start it anew: a short False may go unnoticed. `poll_interval`: how long a lost
        wake-up goes unnoticed at most.
        """
        self._outbox = outbox
        self._delivery = Delivery(session, bot, outage, send_timeout, most_attempts)
        self._outage = outage
        self._limits = limits
        self._wakeup = wakeup
        self._may_act = may_act
        self._concurrency = concurrency
        self._batch = batch
        self._poll_interval = poll_interval.total_seconds()
        self._candidates = Candidates()
        self._pauses = Pauses()
        #: By chat.
        self._in_flight: dict[int, tuple[Due, asyncio.Task[Outcome | NotNow]]] = {}
        #: What was attempted and is not recorded yet, by message; it outlives a term as leader.
        self._unrecorded: dict[int, tuple[Due, Outcome]] = {}
        self._acting = False
        #: When the outbox was looked at, and when it has to be again.
        self._looked_at = -inf
        self._stale_at = -inf

    async def run(self, stop: asyncio.Event) -> None:
        """Ends when `stop` is set and what was being sent is recorded. Cancelled, it cancels what is being sent."""
        stopping = asyncio.create_task(stop.wait())
        self._acting = False
        failures = 0
        try:
            while not stop.is_set():
                try:
                    await self._step(stopping)
                    failures = 0
                except StorageUnavailable as error:
                    if not failures:
                        log.warning("the outbox cannot be read", extra={"reason": str(error)})
                    await self._rest(stopping, _now() + delay(failures).total_seconds())
                    failures += 1
            await asyncio.gather(*self._tasks())
        finally:
            stopping.cancel()
            await self._cancel()

    async def _step(self, stopping: asyncio.Task[bool]) -> None:
        self._reap()
        now = _now()
        if not self._may_act():
            self._acting = False
            await self._rest(stopping, now + CHECK_INTERVAL)
        elif not self._acting:
            await self._begin(stopping)
        elif self._outage.is_on:
            await self._rest(stopping, now + CHECK_INTERVAL)
        elif self._is_stale(now):
            await self._look_anew()
        else:
            await self._go_on(stopping, now)

    async def _begin(self, stopping: asyncio.Task[bool]) -> None:
        """As somebody who does not know what another has just sent."""
        if self._in_flight:
            await self._rest(stopping, inf)
            return
        for message, outcome in list(self._unrecorded.values()):
            await self._outbox.settle(message, outcome)
            del self._unrecorded[message.id]
        recent = await self._outbox.recent_in_groups(timedelta(seconds=self._limits.minute))
        now = _now()
        self._limits.restart(now, [(chat_id, now - ago.total_seconds()) for chat_id, ago in recent])
        self._stale_at = now
        self._looked_at = -inf
        self._acting = True

    async def _go_on(self, stopping: asyncio.Task[bool], now: float) -> None:
        message, at = self._next(now)
        if message is None and self._candidates.incomplete and len(self._candidates) < MOST_BATCHES * self._batch:
            await self._look_further()
        elif message is not None and at <= now:
            self._start(message, now)
        else:
            await self._rest(stopping, min(at, max(self._stale_at, self._looked_at + LOOK_INTERVAL)), self._woken())

    def _next(self, now: float) -> tuple[Due | None, float]:
        """The message that goes out as soon as any may, and when that is; without one, when there will be one."""
        open_at = max(self._limits.next_start(now), self._pauses.over_at())
        if len(self._in_flight) >= self._concurrency:
            open_at = inf
        soonest = inf
        for message in self._candidates:
            at = self._ready_at(message.chat_id, now)
            if at <= open_at:
                return message, open_at
            soonest = min(soonest, at)
        return None, soonest

    def _ready_at(self, chat_id: int, now: float) -> float:
        if chat_id in self._in_flight:
            return inf
        return max(self._limits.next_at(chat_id, now), self._pauses.over_at(chat_id))

    # --- what is due

    def _is_stale(self, now: float) -> bool:
        if self._wakeup.is_set():
            self._wakeup.clear()
            self._stale_at = now
        return now >= max(self._stale_at, self._looked_at + LOOK_INTERVAL)

    async def _look_anew(self) -> None:
        self._candidates.clear()
        self._looked_at = _now()
        self._stale_at = self._looked_at + self._poll_interval
        await self._look_further()

    async def _look_further(self) -> None:
        # What is being sent is still pending; what ends meanwhile must not be taken for something new.
        in_flight = {message.id for message, _ in self._in_flight.values()}
        limit = self._batch + len(in_flight)
        # In this order, or what becomes due in between is overlooked.
        wait = await self._outbox.next_due()
        found = await self._outbox.due(limit, self._candidates.chats)
        if wait is not None:
            self._look_again_in(wait)
        self._candidates.add((one for one in found if one.id not in in_flight), complete=len(found) < limit)

    def _look_again_in(self, wait: timedelta) -> None:
        # A little later, for the database's clock is another one.
        self._stale_at = min(self._stale_at, _now() + wait.total_seconds() + 0.001)

    # --- what is being sent

    def _start(self, message: Due, now: float) -> None:
        self._candidates.take(message)
        self._limits.start(message.chat_id, now)
        self._in_flight[message.chat_id] = (message, asyncio.create_task(self._send(message)))

    async def _send(self, message: Due) -> Outcome | NotNow:
        try:
            outcome = await self._delivery.attempt(message) if self._may_act() else NotNow()
        finally:
            self._limits.end(message.chat_id, _now())
        if isinstance(outcome, NotNow):
            self._pause(message.chat_id, outcome)
        else:
            await self._record(message, outcome)
        return outcome

    def _pause(self, chat_id: int, postponed: NotNow) -> None:
        if postponed.retry_after is None:
            return
        for_all = self._pauses.add(chat_id, postponed.retry_after.total_seconds(), _now())
        log.warning(
            "Telegram asks for a pause",
            extra={"chat_id": None if for_all else chat_id, "seconds": postponed.retry_after.total_seconds()},
        )

    async def _record(self, message: Due, outcome: Outcome) -> None:
        """Goes on until it is recorded: what was sent must not be sent again."""
        self._unrecorded[message.id] = (message, outcome)
        for attempt in itertools.count():
            try:
                await self._outbox.settle(message, outcome)
                del self._unrecorded[message.id]
                break
            except StorageUnavailable as error:
                if attempt == 0:
                    log.warning("what was sent cannot be recorded yet", extra={"reason": str(error)})
                await asyncio.sleep(delay(attempt).total_seconds())

    def _reap(self) -> None:
        for chat_id, (message, task) in list(self._in_flight.items()):
            if task.done():
                del self._in_flight[chat_id]
                self._note(message, task.result())

    def _note(self, message: Due, outcome: Outcome | NotNow) -> None:
        if isinstance(outcome, NotNow | SendAgain):
            self._candidates.drop(message.chat_id)
        elif message.attempts:
            # What it held back may follow.
            self._candidates.incomplete = True
        if isinstance(outcome, SendAgain):
            self._look_again_in(outcome.after)

    # --- waiting

    def _tasks(self) -> list[asyncio.Task[Outcome | NotNow]]:
        return [task for _, task in self._in_flight.values()]

    def _woken(self) -> asyncio.Task[bool]:
        return asyncio.create_task(self._wakeup.wait())

    async def _rest(self, stopping: asyncio.Task[bool], until: float, woken: asyncio.Task[bool] | None = None) -> None:
        """Until then, or until the stop, a wake-up, or the end of a message."""
        waiters = {stopping, *self._tasks(), *([woken] if woken else [])}
        timeout = None if until == inf else max(0.0, until - _now())
        try:
            await asyncio.wait(waiters, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if woken:
                woken.cancel()

    async def _cancel(self) -> None:
        tasks = self._tasks()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._in_flight.clear()


def _now() -> float:
    return time.monotonic()
