"""The updates that wait for the bot: kept until it confirms them, and for Telegram's time at the most."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from emulator.errors import ApiError, conflict

LARGEST_BATCH = 100
LONGEST_POLL = 50  # seconds
FUTURE = 10  # how far beyond the newest update an offset may be
LIFETIME = 24 * 3600.0  # seconds
SHORT_LIFETIMES = {"callback_query": 150.0, "pre_checkout_query": 150.0, "shipping_query": 150.0, "inline_query": 30.0}
WAKE_UP = 0.001  # seconds; updates that arrive together are handed out together

#: Every kind of update; the last three come only when they are asked for by name.
KINDS = (
    *("message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message"),
    *("edited_business_message", "deleted_business_messages", "inline_query", "chosen_inline_result"),
    *("callback_query", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer"),
    *("my_chat_member", "chat_join_request", "chat_boost", "removed_chat_boost"),
    *("chat_member", "message_reaction", "message_reaction_count"),
)
DEFAULT_KINDS = frozenset(KINDS[:-3])

TERMINATED_BY_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
TERMINATED_BY_WEBHOOK = "terminated by setWebhook request"
WEBHOOK_IS_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"

Update = dict[str, Any]
Clock = Callable[[], float]


@dataclass(slots=True)
class Waiting:
    update: Update
    #: What must stay in order: messages of one chat, presses of one user.
    queue: str
    expires: float
    handed_out: int = 0


class UpdateQueue:
    def __init__(self, first_id: int = 1, clock: Clock = time.time) -> None:
        self._clock = clock
        self._next_id = first_id
        self._waiting: OrderedDict[int, Waiting] = OrderedDict()
        self._expiries: list[tuple[float, int]] = []
        self._poll: asyncio.Future[None] | None = None
        self._last_offset: int | None = None
        self._last_start = 0.0
        self.allowed: frozenset[str] = DEFAULT_KINDS
        self.sent = self.confirmed = self.redelivered = self.expired = 0
        #: Called with an update's number when it has arrived.
        self.on_add: Callable[[int], None] = lambda _: None
        #: Called when some have been confirmed.
        self.on_confirm: Callable[[], None] = lambda: None

    def __len__(self) -> int:
        self._expire()
        return len(self._waiting)

    def __iter__(self) -> Iterator[int]:
        return iter(self._waiting)

    @property
    def being_polled(self) -> bool:
        return self._poll is not None and not self._poll.done()

    def add(self, update: Update, queue: str = "", always: bool = False) -> int | None:
        """The update_id it was given, or None where the bot does not want this kind; `always` does not ask."""
        kind = next(iter(update), "")
        if not always and kind in KINDS and kind not in self.allowed:
            return None
        update_id = self._next_id
        self._next_id += 1
        expires = self._clock() + SHORT_LIFETIMES.get(kind, LIFETIME)
        self._waiting[update_id] = Waiting({"update_id": update_id, **update}, queue, expires)
        heapq.heappush(self._expiries, (expires, update_id))
        self.sent += 1
        if self._poll and not self._poll.done():
            self._poll.set_result(None)
        self.on_add(update_id)
        return update_id

    async def get(self, offset: int = 0, limit: int = LARGEST_BATCH, timeout: int = 0) -> list[Update]:
        """Confirms what is below the offset, then waits up to `timeout` seconds for an update.

        Raises ApiError 409 in the call that waits when another one begins to wait.
        """
        limit, timeout = self._slowed_down(
            offset, min(max(limit, 1), LARGEST_BATCH), min(max(timeout, 0), LONGEST_POLL)
        )
        self._expire()
        self._forget(offset)
        if not len(self) and timeout > 0:
            await self._wait(timeout)
        return self.hand_out(limit)

    def hand_out(self, limit: int) -> list[Update]:
        self._expire()
        batch: list[Update] = []
        for waiting in self._waiting.values():
            if len(batch) == limit:
                break
            self.redelivered += waiting.handed_out > 0
            waiting.handed_out += 1
            batch.append(waiting.update)
        return batch

    def look_up(self, update_id: int) -> Waiting | None:
        """None when it was confirmed or has expired."""
        self._expire()
        return self._waiting.get(update_id)

    def confirm(self, update_id: int) -> None:
        if self._waiting.pop(update_id, None):
            self.confirmed += 1
            self.on_confirm()

    def lasts(self, update_id: int, seconds: float) -> bool:
        """Whether it will still be there after so many seconds, unless it is confirmed."""
        waiting = self._waiting.get(update_id)
        return waiting is None or self._clock() + seconds <= waiting.expires

    def expire(self, update_id: int) -> None:
        """Before its time, which would come while nothing can be done about it."""
        self.expired += self._waiting.pop(update_id, None) is not None

    def drop(self) -> None:
        self._waiting.clear()
        self._expiries.clear()

    def reset(self) -> None:
        """Forgets every update but not the next number; a call that waits goes on."""
        self.drop()
        self._last_offset = None
        self.sent = self.confirmed = self.redelivered = self.expired = 0

    def end_poll(self, error: ApiError) -> None:
        """The call that waits, if any, is answered with the error."""
        if self._poll and not self._poll.done():
            self._poll.set_exception(error)

    def _slowed_down(self, offset: int, limit: int, timeout: int) -> tuple[int, int]:
        """A bot that asks for the same again and again waits longer and gets less."""
        now = self._clock()
        if offset == self._last_offset:
            if timeout < 3 and now < self._last_start + 3:
                timeout = 3
            if now < self._last_start + 0.5:
                limit = 1
        self._last_offset, self._last_start = offset, now
        return limit, timeout

    def _forget(self, offset: int) -> None:
        if offset > self._next_id + FUTURE:
            return  # an offset that cannot be meant confirms nothing
        before = len(self._waiting)
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popitem(last=False)
        while self._waiting and next(iter(self._waiting)) < offset:
            self._waiting.popitem(last=False)
        if forgotten := before - len(self._waiting):
            self.confirmed += forgotten
            self.on_confirm()

    def _expire(self) -> None:
        now = self._clock()
        while self._expiries and self._expiries[0][0] <= now:
            _, update_id = heapq.heappop(self._expiries)
            self.expired += self._waiting.pop(update_id, None) is not None
        if len(self._expiries) > 2 * len(self._waiting) + 1000:
            self._expiries = [(waiting.expires, update_id) for update_id, waiting in self._waiting.items()]
            heapq.heapify(self._expiries)

    async def _wait(self, timeout: int) -> None:
        self.end_poll(conflict(TERMINATED_BY_POLL))
        self._poll = poll = asyncio.get_running_loop().create_future()
        try:
            done, _ = await asyncio.wait([poll], timeout=timeout)
        finally:
            # Also when the bot has broken the connection off.
            poll.cancel()
        if done:
            poll.result()
            await asyncio.sleep(WAKE_UP)
