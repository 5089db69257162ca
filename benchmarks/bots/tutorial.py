"""A bot as tutorials write it: aiogram's own polling, a pool of asyncpg, a handler that stores and answers."""

from __future__ import annotations

import asyncio
import logging
import os

import asyncpg
from aiogram import Bot, Dispatcher, html
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.filters import CommandStart
from aiogram.types import Message

from benchmarks.bots.greeting import CATALOGUE, WELCOME

dispatcher = Dispatcher()


@dispatcher.message(CommandStart())
async def start(message: Message, pool: asyncpg.Pool[asyncpg.Record]) -> None:
    user = message.from_user
    assert user is not None
    await pool.execute(
        """
        INSERT INTO users (id, username, first_name)
        VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE
        SET username = excluded.username, first_name = excluded.first_name
        """,
        user.id,
        user.username,
        user.first_name,
    )
    await message.answer(WELCOME.format(name=html.quote(user.first_name)), reply_markup=CATALOGUE)


async def main() -> None:
    bot = Bot(
        os.environ["BOT_TOKEN"],
        session=AiohttpSession(api=TelegramAPIServer.from_base(os.environ["BOT_API_URL"])),
        default=DefaultBotProperties(parse_mode=ParseMode.HTML),
    )
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"], password=os.environ["DATABASE_PASSWORD"], min_size=2, max_size=10
    ) as pool:
        await dispatcher.start_polling(bot, pool=pool)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
