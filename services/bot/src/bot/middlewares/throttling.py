from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message, TelegramObject
from aiogram.types import User as TelegramUser

from bot.domain.languages import language
from bot.domain.users import UserId
from bot.views import help as views

#: So many are remembered.
MOST_USERS = 10_000


class Throttling(BaseMiddleware):
    """Passes over what somebody sends beyond `most` in `period`, and says so once. Never over a payment.

    Whoever goes on meanwhile goes on being passed over. Each process counts for itself.
    """

    def __init__(self, most: int, period: timedelta) -> None:
        self._most = most
        self._period = period.total_seconds()
        self._users: OrderedDict[int, Times] = OrderedDict()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        sender: TelegramUser | None = data.get("event_from_user")
        if sender is None or (isinstance(event, Message) and event.successful_payment):
            return await handler(event, data)
        times = self._times(_counted_as(event, sender))
        sent_at = _sent_at(event)
        if times.add(data["event_update"].update_id, sent_at, self._period) <= self._most:
            times.served(sent_at)
            return await handler(event, data)
        if isinstance(event, Message) and (times.told_at is not None or event.chat.type != ChatType.PRIVATE):
            return None
        times.text = times.text or await _text(sender, data)
        if isinstance(event, CallbackQuery):
            data["handling"].toast(times.text)
            return None
        times.told_at = sent_at
        return event.answer(times.text) if isinstance(event, Message) else None

    def _times(self, sender_id: int) -> Times:
        times = self._users.setdefault(sender_id, Times(self._most))
        self._users.move_to_end(sender_id)
        while len(self._users) > MOST_USERS:
            self._users.popitem(last=False)
        return times


class Times:
    """When somebody's newest updates were sent."""

    def __init__(self, most: int) -> None:
        self._times: deque[tuple[int, float]] = deque(maxlen=most + 1)
        #: When they sent what they were told about; None while nothing is passed over.
        self.told_at: float | None = None
        #: What they are told, in their language.
        self.text = ""

    def add(self, update_id: int, moment: float, period: float) -> int:
        """How many there have been within the period before it, itself included.

        An update that is handled again counts as before, and as one.
        """
        earlier = []
        for known, other in self._times:
            if known == update_id:
                break
            earlier.append(other)
        else:
            self._times.append((update_id, moment))
        return 1 + sum(moment - period < other <= moment for other in earlier)

    def served(self, moment: float) -> None:
        """The flood is over, unless this is from before it."""
        if self.told_at is not None and moment > self.told_at:
            self.told_at, self.text = None, ""


def _counted_as(event: TelegramObject, sender: TelegramUser) -> int:
    # The anonymous admins of all groups are one user of Telegram's.
    return event.sender_chat.id if isinstance(event, Message) and event.sender_chat else sender.id


def _sent_at(event: TelegramObject) -> float:
    # A message tells when it was sent: what has waited while the bot was away is no flood.
    return event.date.timestamp() if isinstance(event, Message) else time.time()


async def _text(sender: TelegramUser, data: dict[str, Any]) -> str:
    user = await data["users"].get(UserId(sender.id))
    with data["i18n"].use_locale(user.language if user else language(None, sender.language_code)):
        return views.slower()
