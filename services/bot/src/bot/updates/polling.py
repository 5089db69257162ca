from __future__ import annotations

import asyncio
import itertools
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import GetMe
from aiogram.methods.base import TelegramMethod
from aiogram.types import Update
from pydantic import ValidationError

from bot.backoff import delay
from bot.errors import Stopped, StorageUnavailable
from bot.stopping import pause
from bot.telegram.patient_caller import PatientCaller
from bot.telegram.raw_updates import GetRawUpdates

POLL_TIMEOUT = 30  # seconds; Telegram answers an empty list after it
ANSWER_MARGIN = 10  # seconds more until the connection counts as lost
REPLY_TIMEOUT = 10  # seconds
REPLY_ATTEMPTS = 5  # while Telegram serves the bot otherwise

_TELEGRAM_IN_TROUBLE = (
    TelegramNetworkError,
    TelegramServerError,
    TelegramRetryAfter,
    ClientDecodeError,  # a gateway's page instead of JSON
)

log = logging.getLogger(__name__)


class Poller:
    """Handles updates one after the other, and lets Telegram forget an update only after it has been handled."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher, call: PatientCaller, stop: asyncio.Event) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._call = call
        self._stop = stop
        self._offset: int | None = None

    async def run(self) -> None:
        """Returns after the update in progress when `stop` is set."""
        with suppress(Stopped):
            while not self._stop.is_set():
                for update in await self._fetch():
                    await self._handle(update)
                    self._offset = update["update_id"] + 1
                    if self._stop.is_set():
                        break
        await self._confirm()

    async def _fetch(self) -> list[dict[str, Any]]:
        poll = GetRawUpdates(
            offset=self._offset, timeout=POLL_TIMEOUT, allowed_updates=self._dispatcher.resolve_used_update_types()
        )
        # After a failure a short poll tells at once whether Telegram is back.
        short = poll.model_copy(update={"timeout": 0})
        return await self._call(poll, again=short, request_timeout=POLL_TIMEOUT + ANSWER_MARGIN)

    async def _handle(self, raw: dict[str, Any]) -> None:
        """Raises Stopped, with the update unhandled, when told to stop while the database or Telegram is away."""
        update_id = raw["update_id"]
        refused = 0
        for attempt in itertools.count():
            wait = delay(attempt)
            try:
                await self._dispatch(raw)
            except StorageUnavailable as error:
                log.warning("update waits", extra={"update_id": update_id, "reason": str(error)})
            except _TELEGRAM_IN_TROUBLE as error:
                refused += 1
                if refused == REPLY_ATTEMPTS:
                    log.error("reply given up", extra={"update_id": update_id, "reason": str(error)})
                    return
                if isinstance(error, TelegramRetryAfter):
                    wait = timedelta(seconds=error.retry_after)
                # Returns once Telegram serves the bot: an outage, however long, is no fault of this reply.
                await self._call(GetMe())
            except TelegramForbiddenError as error:
                log.info("user has blocked the bot", extra={"update_id": update_id, "reason": str(error)})
                return
            except ValidationError as error:
                # Without the input: what people write is not for the log.
                faults = error.errors(include_input=False, include_url=False, include_context=False)
                log.error("update not understood", extra={"update_id": update_id, "faults": faults})
                return
            except Exception:
                log.exception("update failed", extra={"update_id": update_id})
                return
            else:
                return
            await pause(self._stop, wait)

    async def _dispatch(self, raw: dict[str, Any]) -> None:
        update = Update.model_validate(raw, context={"bot": self._bot})
        reply = await self._dispatcher.feed_update(self._bot, update)
        # Handlers return their reply unsent, so that no database connection waits for Telegram.
        if isinstance(reply, TelegramMethod):
            await self._bot(reply, REPLY_TIMEOUT)

    async def _confirm(self) -> None:
        """Tells Telegram what has been handled; without it the last updates would come, and be answered, again."""
        if self._offset is None:
            return
        try:
            await self._bot(GetRawUpdates(offset=self._offset, limit=1, timeout=0), ANSWER_MARGIN)
        except AiogramError as error:
            log.warning("last updates not confirmed; they will come again", extra={"reason": str(error)})
