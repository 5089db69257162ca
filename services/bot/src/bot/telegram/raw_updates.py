from __future__ import annotations

from typing import Any

from aiogram.methods.base import TelegramMethod


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates without validation: one update that aiogram cannot parse must not stop the others of its batch."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None  # seconds
    allowed_updates: list[str] | None = None
