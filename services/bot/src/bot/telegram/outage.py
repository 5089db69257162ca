from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramRetryAfter
from aiogram.methods import GetMe

from bot.backoff import LONGEST_OUTAGE, delay

PROBE_TIMEOUT = 5  # seconds

log = logging.getLogger(__name__)


class Outage:
    """Tells a Telegram that serves nobody from one that refuses a single call."""

    def __init__(self, bot: Bot, over: Callable[[], object]) -> None:
        """`over` is called whenever Telegram serves the bot again."""
        self._bot = bot
        self._over = over
        self._probe: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        return self._watch is not None and not self._watch.done()

    async def check(self) -> bool:
        """Asks Telegram, unless an outage is known; True when there is one. All who ask at once share the call."""
        if not self.is_on:
            if self._probe is None or self._probe.done():
                self._probe = asyncio.create_task(self._ask())
            await asyncio.shield(self._probe)
        return self.is_on

    async def close(self) -> None:
        tasks = [task for task in (self._probe, self._watch) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self) -> None:
        if not await self._serves():
            self._watch = asyncio.create_task(self._wait())

    async def _wait(self) -> None:
        log.warning("Telegram is away: updates are received and kept, and answered when it is back")
        for attempt in itertools.count():
            await asyncio.sleep(delay(attempt, LONGEST_OUTAGE).total_seconds())
            if await self._serves():
                break
        log.info("Telegram is back")
        self._watch = None  # it is over before anybody hears of it
        self._over()

    async def _serves(self) -> bool:
        try:
            await self._bot(GetMe(), PROBE_TIMEOUT)
        except TelegramRetryAfter:
            return True
        except AiogramError:
            return False
        return True
