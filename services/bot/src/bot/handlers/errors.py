"""What is said when an update could not be handled."""

from __future__ import annotations

from aiogram.methods import SendMessage
from aiogram.types import Update

from bot.views import texts


def apology(update: Update) -> SendMessage | None:
    """None where nobody waits for an answer."""
    message = update.message or (update.callback_query and update.callback_query.message)
    return SendMessage(chat_id=message.chat.id, text=texts.SORRY) if message else None


def admin_notice(admin_id: int, update_id: int, error: str) -> SendMessage:
    return SendMessage(chat_id=admin_id, text=texts.update_failed(update_id, error))
