"""What becomes of one update."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import orjson
from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import CancelHandler, SkipHandler
from aiogram.dispatcher.middlewares.user_context import UserContextMiddleware
from aiogram.exceptions import TelegramAPIError
from aiogram.methods.base import TelegramMethod
from aiogram.types import Update
from pydantic import ValidationError

from bot.backoff import delay
from bot.domain.inbox import Claimed, Retry, is_id
from bot.errors import ClaimLost, StorageUnavailable
from bot.storage.database import Database
from bot.storage.inbox import InboxStore
from bot.storage.outbox import OutboxStore
from bot.telegram.fsm_storage import CURRENT_CHANGES
from bot.telegram.handling import Encode, Handling
from bot.updates.answering import Answering
from bot.updates.failing import Failing
from bot.updates.outcomes import Finished, Outcome

log = logging.getLogger(__name__)


class Processor:
    def __init__(
        self,
        bot: Bot,
        dispatcher: Dispatcher,
        database: Database,
        inbox: InboxStore,
        outbox: OutboxStore,
        encode: Encode,
        answering: Answering,
        failing: Failing,
        handler_timeout: timedelta,
    ) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._database = database
        self._inbox = inbox
        self._outbox = outbox
        self._encode = encode
        self._answering = answering
        self._failing = failing
        self._handler_timeout = handler_timeout.total_seconds()

    async def process(self, claimed: Claimed) -> Outcome:
        """Raises no error of the update's, the database's or Telegram's, and does not record what it returns."""
        try:
            return await self._attempt(claimed)
        except ClaimLost:
            # Or what it was about to commit has been committed: then the claim is let go.
            log.warning("claim lost", extra={"update_id": claimed.update_id})
            return Retry(claimed, delay(0))
        except StorageUnavailable as error:
            log.warning("update waits", extra={"update_id": claimed.update_id, "reason": str(error)})
            return Retry(claimed, delay(0))

    async def _attempt(self, claimed: Claimed) -> Outcome:
        try:
            return await (self._go_on(claimed) if claimed.handled else self._handle(claimed))
        except (ClaimLost, StorageUnavailable):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this update's alone
            return await self._failing.after(claimed, error)

    async def _handle(self, claimed: Claimed) -> Outcome:
        try:
            update = Update.model_validate(_read(claimed.payload), context={"bot": self._bot})
        except ValidationError as error:
            log.error("update not understood", extra={"update_id": claimed.update_id})
            return await self._failing.given_up(claimed, error)
        if not _has_possible_ids(update):
            log.info("update of nobody passed over", extra=_id_of(claimed))
            return Finished(claimed)
        handling = Handling(claimed, self._database, self._inbox, self._outbox, self._encode)
        CURRENT_CHANGES.set(handling.changes)
        failure: Exception | None = None
        answer = None
        try:
            answer = await self._dispatch(update, handling)
        except (ClaimLost, StorageUnavailable):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this update's alone
            failure = error
        # What somebody whom the handler has left behind still does would be lost.
        handling.changes.seal()
        concluding = self._conclude(claimed, update, handling, answer, failure)
        if update.callback_query is None:
            return await concluding
        return await self._while_press_is_answered(update.callback_query.id, handling.toasted, concluding)

    async def _conclude(
        self, claimed: Claimed, update: Update, handling: Handling, answer: Any, failure: Exception | None
    ) -> Outcome:
        if handling.committed:
            if failure:
                log.error("handler failed after its transaction", extra=_id_of(claimed), exc_info=failure)
            elif answer:
                log.error("answer outside of the transaction not sent", extra=_id_of(claimed))
            return await self._answer(claimed, handling.committed.answered)
        if failure:
            return await self._after_error(claimed, failure, update)
        changes = handling.changes.pending()
        if not isinstance(answer, TelegramMethod):
            return Finished(claimed, changes)
        return await self._answering.answer(claimed, answer, changes)

    async def _while_press_is_answered(self, press_id: str, text: str, concluding: Awaitable[Outcome]) -> Outcome:
        answering = asyncio.create_task(self._answering.answer_press(press_id, text))
        try:
            outcome = await concluding
        except BaseException:
            answering.cancel()
            raise
        await answering
        return outcome

    async def _go_on(self, claimed: Claimed) -> Outcome:
        """With what was handled, but not answered to its end."""
        press = _read(claimed.payload).get("callback_query")
        answer = self._answer(claimed, claimed.answer)
        return await (self._while_press_is_answered(str(press["id"]), "", answer) if press else answer)

    async def _dispatch(self, update: Update, handling: Handling) -> Any:
        """What the handler returns. Raises what it raises, and TimeoutError."""
        try:
            async with asyncio.timeout(self._handler_timeout):
                return await self._dispatcher.feed_update(self._bot, update, handling=handling)
        except (CancelHandler, SkipHandler):
            return None
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise RuntimeError("what the handler waited for was cancelled by somebody else") from error

    async def _after_error(self, claimed: Claimed, error: Exception, update: Update) -> Outcome:
        if isinstance(error, TelegramAPIError) and getattr(error.method, "chat_id", None) == claimed.chat_id:
            return await self._answering.refused(claimed, error, update=update)
        return await self._failing.after(claimed, error, update)

    async def _answer(self, claimed: Claimed, call: Any) -> Outcome:
        return await self._answering.deliver(claimed, call) if call else Finished(claimed)


def _id_of(claimed: Claimed) -> dict[str, Any]:
    return {"update_id": claimed.update_id}


def _has_possible_ids(update: Update) -> bool:
    """Whether what it is about can be kept: Telegram's ids are far smaller than PostgreSQL's largest."""
    about = UserContextMiddleware.resolve_event_context(update)
    return all(given is None or is_id(given) for given in (about.chat_id, about.user_id, about.thread_id))


def _read(payload: str) -> Any:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:  # half a character, or an integer of more than 64 bits
        return json.loads(payload)
