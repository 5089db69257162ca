from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import orjson
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import DeleteWebhook, SetMyCommands

from bot.backoff import LONGEST
from bot.domain.inbox import LARGEST_ID, Arrival, Claimed, chat_of, is_id
from bot.errors import Stopped
from bot.stopping import pause
from bot.storage.inbox import InboxStore
from bot.storage.membership import Membership
from bot.telegram.patient_caller import PatientCaller
from bot.telegram.raw_updates import GetRawUpdates
from bot.telegram.reasons import reason
from bot.updates.worker import HandOver

POLL_TIMEOUT = 30  # seconds; Telegram answers an empty list after it
ANSWER_MARGIN = 10  # seconds more until the connection counts as lost

log = logging.getLogger(__name__)


class Poller:
    """Lets Telegram forget updates only after they have been committed to the inbox. For the leader alone."""

    def __init__(
        self,
        bot: Bot,
        call: PatientCaller,
        inbox: InboxStore,
        membership: Membership,
        hand_over: HandOver,
        kinds: Sequence[str],
        menus: Sequence[SetMyCommands],
        stop: asyncio.Event,
    ) -> None:
        self._bot = bot
        self._call = call
        self._inbox = inbox
        self._membership = membership
        self._hand_over = hand_over
        self._kinds = list(kinds)
        self._menus = menus
        self._stop = stop

    async def prepare(self) -> None:
        """Makes Telegram hand over updates by polling, and show the commands. Raises Stopped."""
        await self._call(DeleteWebhook())
        for menu in self._menus:
            await self._show(menu)

    async def run(self) -> None:
        """Returns when `stop` is set. Raises StorageUnavailable; what was not committed comes again."""
        with suppress(Stopped):
            offset = await self._inbox.next_offset(self._bot.id)
            log.info("receiving", extra={"bot_id": self._bot.id, "offset": offset})
            while not self._stop.is_set():
                offset = await self._receive(offset)

    async def _show(self, menu: SetMyCommands) -> None:
        try:
            await self._call(menu, final=TelegramBadRequest)
        except TelegramBadRequest as error:
            # No reason to answer nobody.
            log.error("commands not shown", extra={"language": menu.language_code, "reason": reason(error)})

    async def _receive(self, offset: int | None) -> int | None:
        """One batch; returns the next offset."""
        poll = GetRawUpdates(offset=offset, timeout=POLL_TIMEOUT, allowed_updates=self._kinds)
        # After a failure a short poll tells at once whether Telegram is back.
        short = poll.model_copy(update={"timeout": 0})
        batch = await self._call(poll, again=short, request_timeout=POLL_TIMEOUT + ANSWER_MARGIN)
        if not batch:
            return offset
        arrivals = [_arrival(raw) for raw in batch if _has_number(raw)]
        if len(arrivals) < len(batch):
            log.error("updates without a number passed over", extra={"count": len(batch) - len(arrivals)})
        if not arrivals:
            await pause(self._stop, LONGEST)
            return offset
        next_offset = arrivals[-1].update_id + 1

        async def receive(replica: int | None, limit: int) -> list[Claimed]:
            return await self._membership.commit(
                lambda connection: self._inbox.receive(connection, self._bot.id, arrivals, next_offset, replica, limit)
            )

        await self._hand_over(receive)
        return next_offset


def _has_number(raw: Any) -> bool:
    # The next offset has to be one, too.
    return isinstance(raw, dict) and is_id(raw.get("update_id")) and raw["update_id"] < LARGEST_ID


def _arrival(raw: dict[str, Any]) -> Arrival:
    return Arrival(raw["update_id"], chat_of(raw), _payload(raw))


def _payload(raw: dict[str, Any]) -> str:
    """JSON that PostgreSQL takes, whatever Python's decoder has let in."""
    try:
        return orjson.dumps(raw).decode()
    except TypeError:  # half a character, or an integer of more than 64 bits
        pass
    try:
        return json.dumps(raw, allow_nan=False)
    except ValueError:
        return json.dumps(str(raw))
