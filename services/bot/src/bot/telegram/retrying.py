from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.backoff import delay
from bot.telegram.session import is_not_sent

ATTEMPTS = 3
LONGEST_WAIT = timedelta(seconds=5)

#: Made twice, these leave the same behind as made once; the second may be refused ("message is not modified").
_HARMLESS_BEGINNINGS = ("ban", "delete", "edit", "get", "pin", "restrict", "set", "unban", "unpin")
_HARMLESS = frozenset(
    {
        "answerCallbackQuery",
        "answerChatJoinRequestQuery",
        "answerInlineQuery",
        "answerPreCheckoutQuery",
        "answerShippingQuery",
        "leaveChat",
        "promoteChatMember",
        "readBusinessMessage",
        "sendChatAction",
        "sendMessageDraft",
        "sendRichMessageDraft",
    }
)


class Retrying(BaseRequestMiddleware):
    """Sends a call again where it does no harm; getUpdates is for its caller to repeat."""

    def __init__(self, longest_wait: timedelta = LONGEST_WAIT) -> None:
        """`longest_wait`: what a call waits in all because it came too fast (429); then the error is raised."""
        self._longest_wait = longest_wait

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        if method.__api_method__ == "getUpdates":
            return await make_request(bot, method)
        left, failures = self._longest_wait, 0
        while True:
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as error:
                wait = timedelta(seconds=error.retry_after)
                if wait > left:
                    raise
                left -= wait
            except (TelegramNetworkError, TelegramServerError, ClientDecodeError) as error:
                wait = delay(failures)
                failures += 1
                if failures == ATTEMPTS or not _may_be_repeated(method, error):
                    raise
            await asyncio.sleep(wait.total_seconds())


def _may_be_repeated(method: TelegramMethod[Any], error: Exception) -> bool:
    if isinstance(error, TelegramEntityTooLarge):
        return False
    if isinstance(error, TelegramNetworkError) and is_not_sent(error):
        return True
    name = method.__api_method__
    return name in _HARMLESS or name.startswith(_HARMLESS_BEGINNINGS)
