from __future__ import annotations

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode

from bot.config import Config
from bot.telegram.retrying import Retrying
from bot.telegram.session import Session


def make_bot(config: Config) -> Bot:
    """Close it with `bot.session.close()`."""
    # One for each handler, and for those who receive, send and probe.
    limit = config.handler_concurrency + 20
    session = Session(api=TelegramAPIServer.from_base(config.bot_api_url), limit=limit)
    session.middleware(Retrying())
    return Bot(
        config.bot_token.get_secret_value(), session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML)
    )
