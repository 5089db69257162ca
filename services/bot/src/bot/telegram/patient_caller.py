from __future__ import annotations

import asyncio
import itertools
import logging
from datetime import timedelta
from typing import TypeVar

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods.base import TelegramMethod

from bot.backoff import LONGEST_OUTAGE, delay
from bot.observability.health import Health
from bot.stopping import pause, unless_stopped
from bot.telegram.reasons import reason

T = TypeVar("T")

log = logging.getLogger(__name__)


class PatientCaller:
    """Repeats a call until Telegram answers it: only for calls that may be made twice."""

    def __init__(self, bot: Bot, health: Health, stop: asyncio.Event) -> None:
        self._bot = bot
        self._health = health
        self._stop = stop
        self._problem: str | None = None

    async def __call__(
        self,
        method: TelegramMethod[T],
        *,
        again: TelegramMethod[T] | None = None,
        request_timeout: int | None = None,
        final: type[AiogramError] | tuple[()] = (),
    ) -> T:
        """Raises Stopped, and `final`, which no waiting mends.

        `again` is sent instead after a failure; `request_timeout` is in seconds.
        """
        try:
            return await self._repeat(method, again, request_timeout, final)
        finally:
            # Also for whoever does not ask any more: it has no trouble with Telegram.
            self._health.report("telegram", None)
            self._problem = None

    async def _repeat(
        self,
        method: TelegramMethod[T],
        again: TelegramMethod[T] | None,
        request_timeout: int | None,
        final: type[AiogramError] | tuple[()],
    ) -> T:
        for attempt in itertools.count():
            try:
                result = await unless_stopped(self._stop, self._bot(method, request_timeout))
            except final:
                raise
            except AiogramError as error:
                self._report(_explain(error))
                # Two programs that poll in turn would each look well to a short poll.
                if again and not isinstance(error, TelegramConflictError):
                    method = again
                await pause(self._stop, _wait(error, attempt))
            else:
                if self._problem:
                    log.info("Telegram serves the bot again")
                return result
        raise AssertionError("unreachable")

    def _report(self, problem: str) -> None:
        self._health.report("telegram", problem)
        if problem != self._problem:
            log.warning("Telegram does not serve the bot", extra={"problem": problem})
        self._problem = problem


def _wait(error: AiogramError, attempt: int) -> timedelta:
    match error:
        case TelegramRetryAfter():
            return timedelta(seconds=error.retry_after)
        case TelegramUnauthorizedError() | TelegramNotFound() | TelegramConflictError():
            return delay(attempt)  # until somebody has done something about it
    return delay(attempt, LONGEST_OUTAGE)


def _explain(error: Exception) -> str:
    match error:
        case TelegramUnauthorizedError() | TelegramNotFound():
            return f"the token is refused ({error.message}): put the one that @BotFather shows into secrets/bot_token"
        case TelegramConflictError():
            return f"{error.message}: stop the other program that uses this token"
    return reason(error)
