"""What is said when an update could not be handled."""

from __future__ import annotations

from aiogram.methods import SendMessage
from aiogram.types import Update

from bot.views import errors as views


def apology(update: Update) -> SendMessage | None:
    """None where nobody waits for an answer."""
    message = update.callback_query.message if update.callback_query else update.message
    return SendMessage(chat_id=message.chat.id, text=views.sorry()) if message else None


def admin_notice(admin_id: int, update_id: int, error: str) -> SendMessage:
    return SendMessage(chat_id=admin_id, text=views.update_failed(update_id, error))
