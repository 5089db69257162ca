from __future__ import annotations

from contextlib import aclosing

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

DOWNLOAD_TIMEOUT = 15  # seconds


class TooLarge(Exception): ...


class NotFetched(Exception):
    """Telegram does not give it."""


async def download(bot: Bot, file_id: str, most: int) -> bytes:
    """Up to `most` bytes. Raises TooLarge, NotFetched, and TelegramNetworkError."""
    try:
        file = await bot.get_file(file_id)
    except TelegramBadRequest as error:
        raise (TooLarge if "too big" in error.message else NotFetched) from None
    if not file.file_path:
        raise NotFetched
    address = bot.session.api.file_url(bot.token, file.file_path)
    content = bytearray()
    async with aclosing(bot.session.stream_content(address, timeout=DOWNLOAD_TIMEOUT)) as stream:
        async for piece in stream:
            content += piece
            if len(content) > most:
                raise TooLarge
    return bytes(content)
