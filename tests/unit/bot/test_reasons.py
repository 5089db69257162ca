from __future__ import annotations

from aiogram.exceptions import ClientDecodeError, TelegramBadRequest
from aiogram.methods import SendMessage

from bot.telegram.patient_caller import _explain
from bot.telegram.reasons import reason
from bot.updates.failing import _told

BODY = '{"ok":true,"result":[{"message":{"text":"my private words"}}'


def test_what_cannot_be_read_is_told_of_without_its_content() -> None:
    error = ClientDecodeError("Failed to decode object", ValueError(BODY), BODY)
    for told in (reason(error), _explain(error), _told(error)):
        assert told.strip() == "ClientDecodeError: Failed to decode object (ValueError)"


def test_what_telegram_says_is_told() -> None:
    error = TelegramBadRequest(SendMessage(chat_id=1, text="my private words"), "Bad Request: message is too long")
    assert reason(error) == "TelegramBadRequest: Telegram server says - Bad Request: message is too long"
