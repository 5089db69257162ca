from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramRetryAfter
from aiogram.methods import CopyMessage, EditMessageText
from aiogram.utils.i18n import I18n

from bot.backoff import delay
from bot.domain.broadcasts import Broadcast, BroadcastId, BroadcastState
from bot.domain.calls import Outgoing
from bot.domain.languages import DEFAULT_LANGUAGE
from bot.domain.users import UserId
from bot.errors import Stopped, StorageUnavailable
from bot.stopping import pause, unless_stopped
from bot.storage.broadcasts import BroadcastStore
from bot.storage.users import UserStore
from bot.telegram.handling import Encode
from bot.telegram.reasons import reason
from bot.views.admin import broadcast as views
from bot.views.screen import Screen

#: So much of all broadcasts waits in the outbox: one that is cancelled ends as soon.
AHEAD = timedelta(seconds=2)
#: While something is under way.
INTERVAL = timedelta(seconds=0.5)
#: How long a lost wake-up goes unnoticed at most.
POLL_INTERVAL = timedelta(seconds=30)
TELL_INTERVAL = timedelta(seconds=3)
#: Where the progress message does not take a change; it may be gone.
TELL_AGAIN = timedelta(seconds=30)
TELL_TIMEOUT = 10  # seconds

Work: TypeAlias = Callable[[list[Broadcast]], Coroutine[Any, Any, None]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Told:
    screen: Screen
    state: BroadcastState
    #: When the next number may follow, in seconds of the monotonic clock.
    next_at: float


class Broadcaster:
    """Moves broadcasts into the outbox bit by bit, and tells their admins how far they are. For the leader alone.

    All that has to outlive it is in the database.
    """

    def __init__(
        self,
        broadcasts: BroadcastStore,
        users: UserStore,
        bot: Bot,
        encode: Encode,
        i18n: I18n,
        messages_per_second: int,
        stop: asyncio.Event,
    ) -> None:
        self._broadcasts = broadcasts
        self._users = users
        self._bot = bot
        self._encode = encode
        self._i18n = i18n
        self._ahead = max(1, int(messages_per_second * AHEAD.total_seconds()))
        self._stop = stop
        self._wakeups = (asyncio.Event(), asyncio.Event())
        self._told: dict[BroadcastId, _Told] = {}

    def wake(self) -> None:
        """A broadcast may have begun, or been stopped."""
        for wakeup in self._wakeups:
            wakeup.set()

    async def run(self) -> None:
        """Returns when `stop` is set."""
        self._told.clear()
        # Telling waits for Telegram; feeding does not.
        async with asyncio.TaskGroup() as group:
            for work, wakeup in zip((self._feed, self._tell), self._wakeups, strict=True):
                group.create_task(self._repeat(work, wakeup))

    async def _repeat(self, work: Work, wakeup: asyncio.Event) -> None:
        with suppress(Stopped):
            while True:
                wakeup.clear()
                is_anything_under_way = await self._once(work)
                await self._rest(wakeup, INTERVAL if is_anything_under_way else POLL_INTERVAL)

    async def _once(self, work: Work) -> bool:
        """Whether there is anything under way. Raises Stopped."""
        for attempt in itertools.count():
            try:
                under_way = await self._broadcasts.under_way()
                await work(under_way)
                return bool(under_way)
            except StorageUnavailable as error:
                if not attempt:
                    log.warning("broadcasts wait for the database", extra={"reason": str(error)})
                await pause(self._stop, delay(attempt))
        raise AssertionError("unreachable")

    async def _rest(self, wakeup: asyncio.Event, longest: timedelta) -> None:
        """Raises Stopped."""
        with suppress(TimeoutError):
            async with asyncio.timeout(longest.total_seconds()):
                await unless_stopped(self._stop, wakeup.wait())

    # --- feeding

    async def _feed(self, under_way: list[Broadcast]) -> None:
        sending = [broadcast for broadcast in under_way if broadcast.state is BroadcastState.SENDING]
        for broadcast in sending:
            room = max(1, self._ahead // len(sending)) - await self._broadcasts.count_pending(broadcast.id)
            if room > 0:
                await self._broadcasts.feed(broadcast.id, room, partial(self._message, broadcast))

    def _message(self, broadcast: Broadcast, user_id: UserId) -> Outgoing:
        copy = CopyMessage(
            chat_id=user_id, from_chat_id=broadcast.source_chat_id, message_id=broadcast.source_message_id
        )
        key = f"broadcast:{broadcast.id}:{user_id}"
        return Outgoing(user_id, self._encode(copy), key, bulk=True, broadcast_id=broadcast.id)

    # --- telling

    async def _tell(self, under_way: list[Broadcast]) -> None:
        self._told = {one.id: self._told[one.id] for one in under_way if one.id in self._told}
        for broadcast in under_way:
            language = await self._language(broadcast.admin_id)
            if not await self._broadcasts.finish(broadcast.id, partial(self._result, language)):
                await self._tell_progress(broadcast, language)

    def _result(self, language: str, broadcast: Broadcast) -> Outgoing:
        edit = self._encode(self._edit(broadcast, self._screen(broadcast, language)))
        return Outgoing(broadcast.source_chat_id, edit, f"broadcast:{broadcast.id}:result")

    async def _tell_progress(self, broadcast: Broadcast, language: str) -> None:
        told, now = self._told.get(broadcast.id), time.monotonic()
        screen = self._screen(broadcast, language)
        if told and (told.screen == screen or (told.state is broadcast.state and now < told.next_at)):
            return
        wait = await self._change(broadcast, screen)
        self._told[broadcast.id] = _Told(screen, broadcast.state, now + wait.total_seconds())

    async def _change(self, broadcast: Broadcast, screen: Screen) -> timedelta:
        """How long to leave the message alone then."""
        try:
            await unless_stopped(self._stop, self._bot(self._edit(broadcast, screen), TELL_TIMEOUT))
        except TelegramBadRequest as error:
            if "message is not modified" in error.message:
                return TELL_INTERVAL
            failure: AiogramError = error
        except AiogramError as error:
            failure = error
        else:
            return TELL_INTERVAL
        log.info("progress not told", extra={"broadcast_id": broadcast.id, "reason": reason(failure)})
        asked_for = failure.retry_after if isinstance(failure, TelegramRetryAfter) else 0
        return max(TELL_AGAIN, timedelta(seconds=asked_for))

    def _screen(self, broadcast: Broadcast, language: str) -> Screen:
        with self._i18n.use_locale(language):
            return views.progress(broadcast)

    def _edit(self, broadcast: Broadcast, screen: Screen) -> EditMessageText:
        assert broadcast.progress_message_id is not None, "a draft tells nothing"
        return screen.change(broadcast.source_chat_id, broadcast.progress_message_id)

    async def _language(self, admin_id: UserId) -> str:
        admin = await self._users.get(admin_id)
        return admin.language if admin else DEFAULT_LANGUAGE
