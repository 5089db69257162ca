"""A bot as the templates lay it out: SQLAlchemy, a middleware with a session for each update, aiogram's own polling."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher, Router, html
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.filters import CommandStart
from aiogram.types import Message, TelegramObject
from aiogram.types import User as TelegramUser
from sqlalchemy import BigInteger, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.bots.greeting import CATALOGUE, WELCOME

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

router = Router()


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    username: Mapped[str | None]
    first_name: Mapped[str]


class SessionMiddleware(BaseMiddleware):
    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        async with self._sessions() as session:
            return await handler(event, data | {"session": session})


async def get_or_create(session: AsyncSession, telegram_user: TelegramUser) -> User:
    user = await session.get(User, telegram_user.id)
    if user is None:
        user = User(id=telegram_user.id)
        session.add(user)
    user.username, user.first_name = telegram_user.username, telegram_user.first_name
    await session.commit()
    return user


@router.message(CommandStart())
async def start(message: Message, session: AsyncSession) -> None:
    assert message.from_user is not None
    user = await get_or_create(session, message.from_user)
    await message.answer(WELCOME.format(name=html.quote(user.first_name)), reply_markup=CATALOGUE)


def open_engine() -> AsyncEngine:
    url = make_url(os.environ["DATABASE_URL"])
    address = url.set(drivername="postgresql+asyncpg", password=os.environ["DATABASE_PASSWORD"])
    # As many connections as the tutorial's bot.
    return create_async_engine(address, pool_size=10, max_overflow=0)


async def main() -> None:
    engine = open_engine()
    bot = Bot(
        os.environ["BOT_TOKEN"],
        session=AiohttpSession(api=TelegramAPIServer.from_base(os.environ["BOT_API_URL"])),
        default=DefaultBotProperties(parse_mode=ParseMode.HTML),
    )
    dispatcher = Dispatcher()
    dispatcher.update.middleware(SessionMiddleware(async_sessionmaker(engine, expire_on_commit=False)))
    dispatcher.include_router(router)
    await dispatcher.start_polling(bot)
    await engine.dispose()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
