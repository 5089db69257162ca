from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)

from bot.backoff import delay
from bot.domain.calls import Blocked, Due, Failed, Outcome, SendAgain, Sent
from bot.telegram.outage import Outage
from bot.telegram.reasons import reason
from bot.telegram.session import Session

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NotNow:
    """It is not about the message: the attempt does not count."""

    retry_after: timedelta | None = None


class Delivery:
    """One attempt at a message, and what it means."""

    def __init__(self, session: Session, bot: Bot, outage: Outage, timeout: timedelta, most_attempts: int) -> None:
        self._session = session
        self._bot = bot
        self._outage = outage
        self._timeout = timeout.total_seconds()
        self._most_attempts = most_attempts

    async def attempt(self, message: Due) -> Outcome | NotNow:
        try:
            await self._session.deliver(self._bot, message.call, self._timeout)
        except TelegramRetryAfter as error:
            return NotNow(timedelta(seconds=error.retry_after))
        except Exception as error:  # noqa: BLE001 - no message may stop the others
            return await self._judge(message, error)
        return Sent()

    async def _judge(self, message: Due, error: Exception) -> Outcome | NotNow:
        fields = {"outbox_id": message.id, "chat_id": message.chat_id, "attempt": message.attempts + 1}
        said = error.message if isinstance(error, TelegramAPIError) else reason(error)
        match error:
            case TelegramForbiddenError():
                log.info("message refused: the chat is closed to the bot", extra=fields)
                return Blocked(said)
            case TelegramBadRequest() | TelegramEntityTooLarge():
                log.warning("message refused", extra=fields | {"error": said})
                return Failed(said)
            case TelegramMigrateToChat(migrate_to_chat_id=moved_to):
                again = SendAgain(timedelta(0), said, moved_to)
            case _ if await self._outage.check():
                return NotNow()
            case _:
                again = SendAgain(delay(message.attempts), said)
        if message.attempts + 1 < self._most_attempts:
            return again
        log.warning("message given up", extra=fields | {"error": said})
        return Failed(said)
