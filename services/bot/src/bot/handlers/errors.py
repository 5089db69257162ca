"""What is said when an update could not be handled."""

from __future__ import annotations

from aiogram.methods import SendMessage
from aiogram.types import Update
from aiogram.utils.i18n import I18n

from bot.domain.languages import language
from bot.views import errors as views


def apology(update: Update, i18n: I18n) -> SendMessage | None:
    """None where nobody waits for an answer."""
    press = update.callback_query
    message = press.message if press else update.message
    sender = press.from_user if press else update.message and update.message.from_user
    if message is None:
        return None
    with i18n.use_locale(language(None, sender.language_code if sender else None)):
        return SendMessage(chat_id=message.chat.id, text=views.sorry())


def admin_notice(admin_id: int, update_id: int, error: str) -> SendMessage:
    return SendMessage(chat_id=admin_id, text=views.update_failed(update_id, error))
