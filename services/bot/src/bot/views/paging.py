from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton

from bot.domain.pages import Cursor, Page
from bot.views.screen import button


def turning(page: Page[Any], at: Callable[[Cursor], CallbackData]) -> list[InlineKeyboardButton]:
    """The buttons to the pages before and behind this one, as far as there are any."""
    if not page.items:
        return []
    turns = []
    if page.has_previous:
        turns.append(button("‹", at(Cursor(page.items[0].id, back=True))))
    if page.has_next:
        turns.append(button("›", at(Cursor(page.items[-1].id))))
    return turns
