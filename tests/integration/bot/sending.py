"""The sender alone, in the test's own process, and what it has to do with."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from asyncpg import Record

from bot.domain.calls import Call, Outgoing
from bot.outgoing.rate_limits import RateLimits
from bot.outgoing.sender import Sender
from bot.storage.database import Database
from bot.storage.outbox import OutboxStore
from bot.telegram.outage import Outage
from bot.telegram.session import Session
from tests.integration.bot.processes import TOKEN

T = TypeVar("T")

#: What takes Telegram a second takes these tests so long.
SHORT = 0.01


def text(chat_id: int, words: str, **details: Any) -> Outgoing:
    return Outgoing(chat_id, Call("sendMessage", {"chat_id": chat_id, "text": words}), **details)


async def eventually(condition: Callable[[], Awaitable[T]], what: str, timeout: float = 30) -> T:
    """The first true result. Raises AssertionError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (result := await condition()):
        assert time.monotonic() < deadline, f"not within {timeout:g} s: {what}"
        await asyncio.sleep(0.02)
    return result


@dataclass
class Outbox:
    """The table, looked at from outside."""

    database: Database
    wakeup: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def store(self) -> OutboxStore:
        return OutboxStore(self.database)

    async def add(self, *messages: Outgoing) -> None:
        async with self.database.transaction() as connection:
            await self.store.enqueue(connection, messages)
        self.wakeup.set()

    async def execute(self, query: str, *arguments: object) -> None:
        async with self.database.connection() as connection:
            await connection.execute(query, *arguments)

    async def value(self, query: str, *arguments: object) -> Any:
        async with self.database.connection() as connection:
            return await connection.fetchval(query, *arguments)

    async def rows(self) -> list[Record]:
        async with self.database.connection() as connection:
            return await connection.fetch("SELECT * FROM outbox ORDER BY id")

    async def states(self) -> list[str]:
        return [row["state"] for row in await self.rows()]

    async def settled(self) -> list[str]:
        """The states, once none is pending."""

        async def all_settled() -> list[str]:
            states = await self.states()
            return [] if "pending" in states else states

        return await eventually(all_settled, "everything is settled")

    async def now(self) -> datetime:
        return await self.value("SELECT now()")  # type: ignore[no-any-return]


@asynccontextmanager
async def sending(
    outbox: Outbox, url: str, limits: RateLimits | None = None, **settings: Any
) -> AsyncIterator[Sending]:
    """A sender at work; ended with its context."""
    session = Session(api=TelegramAPIServer.from_base(url))
    bot = Bot(TOKEN, session=session)
    outage = Outage(bot, outbox.wakeup.set)
    limits = limits or RateLimits(1000, 1000, second=SHORT, minute=SHORT)
    # A wake-up that is missing shows: nothing is found by chance.
    settings = {"poll_interval": timedelta(hours=1)} | settings
    sender = Sender(outbox.store, session, bot, outage, limits, outbox.wakeup, **settings)
    stop = asyncio.Event()
    running = Sending(sender, stop, asyncio.create_task(sender.run(stop)))
    try:
        yield running
    finally:
        running.task.cancel()
        with suppress(asyncio.CancelledError):
            await running.task
        await outage.close()
        await session.close()


@dataclass
class Sending:
    sender: Sender
    stop: asyncio.Event
    task: asyncio.Task[None]
