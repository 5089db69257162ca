from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.domain.languages import language
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
        self._users: OrderedDict[int, _Times] = OrderedDict()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        sender = data.get("event_from_user")
        if sender is None or (isinstance(event, Message) and event.successful_payment):
            return await handler(event, data)
        times = self._times(sender.id)
        if times.add(_sent_at(event), self._period) <= self._most:
            times.told = False
            return await handler(event, data)
        if times.told:
            return None
        times.told = True
        with data["i18n"].use_locale(language(None, sender.language_code)):
            return _say(event, data, views.slower())

    def _times(self, user_id: int) -> _Times:
        times = self._users.setdefault(user_id, _Times(self._most))
        self._users.move_to_end(user_id)
        while len(self._users) > MOST_USERS:
            self._users.popitem(last=False)
        return times


class _Times:
    def __init__(self, most: int) -> None:
        self._times: deque[float] = deque(maxlen=most + 1)
        self.told = False

    def add(self, moment: float, period: float) -> int:
        """How many there have been within the period before it, itself included."""
        self._times.append(moment)
        return sum(moment - period < other <= moment for other in self._times)


def _sent_at(event: TelegramObject) -> float:
    # A message tells when it was sent: what has waited while the bot was away is no flood.
    return event.date.timestamp() if isinstance(event, Message) else time.time()


def _say(event: TelegramObject, data: dict[str, Any], text: str) -> Any:
    if isinstance(event, CallbackQuery):
        data["handling"].toast(text)
        return None
    return event.answer(text) if isinstance(event, Message) and event.chat.type == "private" else None
