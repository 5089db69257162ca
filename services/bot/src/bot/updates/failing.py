"""How often an update is tried, and what is told when it is given up."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Collection
from datetime import timedelta

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import Update
from aiogram.utils.i18n import I18n
from pydantic import ValidationError

from bot.backoff import delay
from bot.domain.calls import Outgoing
from bot.domain.inbox import Claimed, Retry
from bot.domain.languages import DEFAULT_LANGUAGE, language
from bot.domain.text import storable
from bot.domain.users import UserId
from bot.errors import StorageUnavailable
from bot.handlers.errors import admin_notice, apology
from bot.storage.users import UserStore
from bot.telegram.handling import Encode
from bot.telegram.outage import Outage
from bot.telegram.reasons import reason
from bot.updates.outcomes import Failed

#: So often a handler may fail.
HANDLER_ATTEMPTS = 5
#: So often Telegram may fail an update while it serves the bot otherwise.
TELEGRAM_ATTEMPTS = 10
#: Admins hear of failed updates once in so many seconds.
NOTICE_INTERVAL = 600
LONGEST_ERROR = 8000  # characters

#: What another time may mend.
TELEGRAM_IN_TROUBLE = (
    TelegramNetworkError,
    TelegramServerError,
    TelegramUnauthorizedError,
    TelegramNotFound,
    TelegramRetryAfter,
    ClientDecodeError,  # a gateway's page instead of JSON
)

log = logging.getLogger(__name__)


class Failing:
    def __init__(
        self, outage: Outage, encode: Encode, users: UserStore, admin_ids: Collection[int], i18n: I18n
    ) -> None:
        self._outage = outage
        self._encode = encode
        self._users = users
        self._admin_ids = admin_ids
        self._i18n = i18n

    async def after(self, claimed: Claimed, error: Exception, update: Update | None = None) -> Retry | Failed:
        """What is to become of an update after this; without `update` nobody gets an apology.

        Raises StorageUnavailable.
        """
        if isinstance(error, TelegramRetryAfter):
            return Retry(claimed, timedelta(seconds=error.retry_after))
        in_trouble = isinstance(error, TELEGRAM_IN_TROUBLE)
        wait = delay(claimed.attempts)
        if in_trouble and await self._outage.check():
            return Retry(claimed, wait)
        attempts = TELEGRAM_ATTEMPTS if in_trouble else HANDLER_ATTEMPTS
        gives_up = claimed.attempts + 1 >= attempts or isinstance(error, TelegramBadRequest)
        self._log(claimed, error, gives_up)
        if not gives_up:
            return Retry(claimed, wait, _told(error))
        return await self.given_up(claimed, error, update)

    async def given_up(self, claimed: Claimed, error: Exception, update: Update | None = None) -> Failed:
        """Raises StorageUnavailable."""
        messages = [*await self._apologies(claimed, update), *await self._told_to_admins(claimed, error)]
        return Failed(claimed, _told(error), messages)

    def _log(self, claimed: Claimed, error: Exception, gives_up: bool) -> None:
        event = "update failed" if gives_up else "update is tried again"
        fields: dict[str, object] = {
            "update_id": claimed.update_id,
            "chat_id": claimed.chat_id,
            "attempt": claimed.attempts + 1,
        }
        if isinstance(error, TelegramAPIError | ClientDecodeError):
            fields["reason"] = reason(error)
            trace = None
        else:
            trace = error
        log.log(logging.ERROR if gives_up else logging.WARNING, event, extra=fields, exc_info=trace)

    async def _apologies(self, claimed: Claimed, update: Update | None) -> list[Outgoing]:
        if update is None:
            return []
        event = update.callback_query or update.message
        sender = event.from_user if event else None
        with self._i18n.use_locale(
            await self._language(sender.id, sender.language_code) if sender else DEFAULT_LANGUAGE
        ):
            method = apology(update)
        return [Outgoing(claimed.chat_id, self._encode(method), key=f"apology:{claimed.id}")] if method else []

    async def _told_to_admins(self, claimed: Claimed, error: Exception) -> list[Outgoing]:
        period = int(time.time() // NOTICE_INTERVAL)
        told = []
        for admin_id in self._admin_ids:
            with self._i18n.use_locale(await self._language(admin_id)):
                method = admin_notice(admin_id, claimed.update_id, type(error).__name__)
            told.append(Outgoing(admin_id, self._encode(method), key=f"failed:{admin_id}:{period}"))
        return told

    async def _language(self, user_id: int, told: str | None = None) -> str:
        """Raises StorageUnavailable; whatever else is wrong with the database must not keep an apology back."""
        try:
            user = await self._users.get(UserId(user_id))
        except StorageUnavailable:
            raise
        except Exception:
            log.exception("language not known", extra={"user_id": user_id})
            user = None
        return user.language if user else language(None, told)


def _told(error: Exception) -> str:
    """With the traceback, but without what somebody wrote where it is known to be in it."""
    if isinstance(error, ValidationError):
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        return "\n".join([f"{type(error).__name__}: the update is not understood", *map(str, faults)])[:LONGEST_ERROR]
    first = reason(error)
    trace = "".join(traceback.format_tb(error.__traceback__))
    return storable(f"{first[:LONGEST_ERROR]}\n{trace[-LONGEST_ERROR:]}")
