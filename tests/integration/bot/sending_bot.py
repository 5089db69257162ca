"""The store and the sender alone, as a process that can be killed. Settings come from the environment."""

from __future__ import annotations

import asyncio
import os
import signal

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer

from bot import logs
from bot.config import load
from bot.outgoing.rate_limits import RateLimits
from bot.outgoing.sender import Sender
from bot.storage.database import open_database
from bot.storage.outbox import OutboxStore
from bot.telegram.outage import Outage
from bot.telegram.session import Session


async def run() -> None:
    config = load()
    logs.configure(config)
    stop, wakeup = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    database = await open_database(config)
    session = Session(api=TelegramAPIServer.from_base(config.bot_api_url))
    bot = Bot(config.bot_token.get_secret_value(), session=session)
    limits = RateLimits(int(os.environ["PER_SECOND"]), int(os.environ["PER_GROUP_MINUTE"]))
    concurrency = int(os.environ["CONCURRENCY"])
    outage = Outage(bot, wakeup.set)
    await Sender(OutboxStore(database), session, bot, outage, limits, wakeup, concurrency=concurrency).run(stop)
    await outage.close()
    await session.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(run())
