from __future__ import annotations

import asyncio

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import EditMessageText, SendMessage

from bot.views.admin import product_csv as views

INTERVAL = 1.0  # seconds
#: How long the import waits for Telegram to take a message that is of no consequence.
PATIENCE = 3.0  # seconds


class ImportProgress:
    """A message that says how far an import has come, for a file of more lines than are read at once."""

    def __init__(self, bot: Bot, chat_id: int) -> None:
        self._bot = bot
        self._chat_id = chat_id
        self._message_id: int | None = None
        self._told_at: float | None = None
        self._failed = False

    async def tell(self, checked: int, lines: int) -> None:
        """Raises nothing: what Telegram does not take is left out."""
        is_first, is_last = self._told_at is None, checked >= lines
        now = asyncio.get_running_loop().time()
        if self._failed or (is_first and is_last):
            return
        if self._told_at is not None and not is_last and now - self._told_at < INTERVAL:
            return
        self._told_at = now
        try:
            async with asyncio.timeout(PATIENCE):
                await self._say(views.progress(checked, lines))
        except (AiogramError, TimeoutError):
            self._failed = True

    async def _say(self, text: str) -> None:
        if self._message_id is None:
            message = await self._bot(SendMessage(chat_id=self._chat_id, text=text, disable_notification=True))
            self._message_id = message.message_id
        else:
            await self._bot(EditMessageText(chat_id=self._chat_id, message_id=self._message_id, text=text))
