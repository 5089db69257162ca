from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
)
from aiogram.methods import AnswerCallbackQuery
from aiogram.methods.base import TelegramMethod
from aiogram.types import Update

from bot.domain.calls import Call
from bot.domain.inbox import Claimed, is_id
from bot.domain.users import UserId
from bot.storage.database import Database
from bot.storage.inbox import Changes, InboxStore
from bot.storage.membership import Membership
from bot.storage.users import UserStore
from bot.telegram.reasons import reason
from bot.telegram.session import NotJson, Session
from bot.updates.failing import TELEGRAM_IN_TROUBLE, Failing
from bot.updates.outcomes import Finished, Outcome

ANSWER_TIMEOUT = 10  # seconds

#: Telegram refuses these because what they ask for has been done, or has become pointless.
_POINTLESS = (
    "CHAT_WRITE_FORBIDDEN",
    "MESSAGE_ID_INVALID",
    "TOPIC_CLOSED",
    "TOPIC_DELETED",
    "chat not found",
    "message can't be edited",
    "message identifier is not specified",
    "message is not modified",
    "message thread not found",
    "message to delete not found",
    "message to edit not found",
    "not enough rights to send",
    "query is too old",
    "there is no text in the message to edit",  # a press that was forged
)

log = logging.getLogger(__name__)


class Answering:
    """Sends what a handler answers, with no database connection held meanwhile."""

    def __init__(
        self,
        bot: Bot,
        session: Session,
        database: Database,
        inbox: InboxStore,
        users: UserStore,
        membership: Membership,
        failing: Failing,
    ) -> None:
        self._bot = bot
        self._session = session
        self._database = database
        self._inbox = inbox
        self._users = users
        self._membership = membership
        self._failing = failing

    async def answer(self, claimed: Claimed, method: TelegramMethod[Any], changes: Changes) -> Outcome:
        """What Telegram does not take now is kept with `changes`, so that the handler is not called again for it.

        Raises ClaimLost, StorageUnavailable.
        """
        try:
            call = self._session.encode(self._bot, method)
        except NotJson:  # a file, which is not kept: its handler is called again
            return await self._send(claimed, method, changes)
        return await self.deliver(claimed, call, changes, kept=False)

    async def deliver(self, claimed: Claimed, call: Call, changes: Changes = (), *, kept: bool = True) -> Outcome:
        """`kept` says that the call has been committed. Raises ClaimLost, StorageUnavailable."""
        await self._membership.sure(claimed.replica)
        try:
            await self._send_where_the_chat_is(call)
        except TELEGRAM_IN_TROUBLE as error:
            if not kept:
                async with self._database.transaction() as connection:
                    await self._inbox.keep_answer(connection, claimed, call, changes)
            return await self._failing.after(claimed, error)
        except TelegramAPIError as error:
            return await self.refused(claimed, error, changes)
        return Finished(claimed, changes)

    async def answer_press(self, press_id: str, text: str = "") -> None:
        """The button stops waiting. Not tried for long: after some seconds nobody looks any more."""
        try:
            await self._bot(AnswerCallbackQuery(callback_query_id=press_id, text=text or None), ANSWER_TIMEOUT)
        except (TelegramAPIError, ClientDecodeError) as error:
            log.info("press not answered", extra={"reason": reason(error)})

    async def refused(
        self, claimed: Claimed, error: TelegramAPIError, changes: Changes = (), update: Update | None = None
    ) -> Outcome:
        """What becomes of an update that Telegram does not want answered, or not in this way."""
        said = {"update_id": claimed.update_id, "reason": reason(error)}
        chat_id = getattr(error.method, "chat_id", None)
        if isinstance(error, TelegramForbiddenError):
            log.info("chat does not want to hear from the bot", extra=said)
            if isinstance(chat_id, int) and is_id(chat_id):
                await self._users.mark_blocked(UserId(chat_id))
        elif isinstance(error, TelegramBadRequest) and any(text in error.message for text in _POINTLESS):
            log.info("answer was pointless", extra=said)
        else:
            return await self._failing.after(claimed, error, update)
        return Finished(claimed, changes)

    async def _send_where_the_chat_is(self, call: Call) -> None:
        try:
            await self._session.deliver(self._bot, call, ANSWER_TIMEOUT)
        except TelegramMigrateToChat as error:
            moved = replace(call, parameters=call.parameters | {"chat_id": error.migrate_to_chat_id})
            await self._session.deliver(self._bot, moved, ANSWER_TIMEOUT)

    async def _send(self, claimed: Claimed, method: TelegramMethod[Any], changes: Changes) -> Outcome:
        await self._membership.sure(claimed.replica)
        try:
            try:
                await self._bot(method)
            except TelegramMigrateToChat as error:
                await self._bot(method.model_copy(update={"chat_id": error.migrate_to_chat_id}))
        except (TelegramForbiddenError, TelegramBadRequest) as error:
            return await self.refused(claimed, error, changes)
        return Finished(claimed, changes)
