"""What is said when an update could not be handled."""

from __future__ import annotations

from aiogram.methods import SendMessage
from aiogram.types import Update
from aiogram.utils.i18n import I18n

from bot.domain.languages import language
from bot.domain.users import UserId
from bot.handlers.notices import Reader
from bot.storage.users import UserStore
from bot.views import errors as views


async def apology(update: Update, users: UserStore, i18n: I18n) -> SendMessage | None:
    """None where nobody waits for an answer. Raises StorageUnavailable."""
    press = update.callback_query
    message = press.message if press else update.message
    sender = press.from_user if press else update.message and update.message.from_user
    if message is None:
        return None
    user = await users.get(UserId(sender.id)) if sender else None
    with i18n.use_locale(user.language if user else language(None, sender.language_code if sender else None)):
        return SendMessage(chat_id=message.chat.id, text=views.sorry())


def admin_notice(admin: Reader, update_id: int, error: str, i18n: I18n) -> SendMessage:
    with i18n.use_locale(admin.language):
        return SendMessage(chat_id=admin.id, text=views.update_failed(update_id, error))
