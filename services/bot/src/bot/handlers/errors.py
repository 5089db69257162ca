from __future__ import annotations

import logging

from aiogram import Router
from aiogram.methods import SendMessage
from aiogram.types import ErrorEvent

from bot.errors import StorageUnavailable
from bot.views import texts

router = Router(name="errors")
log = logging.getLogger(__name__)


@router.error()
async def apologise(event: ErrorEvent) -> SendMessage | None:
    if isinstance(event.exception, StorageUnavailable):
        raise event.exception  # whoever handed the update over tries it again
    log.error("handler failed", exc_info=event.exception, extra={"update_id": event.update.update_id})
    message = event.update.message
    return message.answer(texts.SORRY) if message else None
