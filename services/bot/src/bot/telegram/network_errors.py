"""Failures on the way to Telegram, as aiogram tells them. aiohttp quotes addresses, and ours hold the token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from aiogram.exceptions import TelegramNetworkError
from aiogram.methods.base import TelegramMethod
from aiohttp import ConnectionTimeoutError

_TOKEN = re.compile(r"\d+(?::|%3[Aa])[\w-]{30,}")


def network_error(method: TelegramMethod[Any], cause: Exception) -> TelegramNetworkError:
    """To be raised where no exception is being handled, or it would hang on to the one that tells the token."""
    text = "Request timeout error" if isinstance(cause, TimeoutError) else f"{type(cause).__name__}: {cause}"
    error = TelegramNetworkError(method=method, message=without_token(text))
    error.__cause__ = _without_address(cause)
    return error


def without_token(text: str) -> str:
    return _TOKEN.sub("[secret]", text)


def _without_address(cause: Exception) -> Exception | None:
    if isinstance(cause, ConnectionTimeoutError):
        return ConnectionTimeoutError("Connection timeout")
    return None if any(_TOKEN.search(text) for text in _told(cause)) else cause


def _told(error: BaseException | None) -> Iterator[str]:
    while error:
        yield f"{error} {error!r}"
        error = error.__cause__ or error.__context__
