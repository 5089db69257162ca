from __future__ import annotations

import logging
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.filters import Command
from aiogram.methods import SendMessage, SendPhoto
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from bot.charting.process import Charts
from bot.domain.statistics import last_dates
from bot.errors import ChartFailed
from bot.storage.statistics import StatisticsStore
from bot.views.admin import stats as views
from bot.views.callback_data import ShowStats

router = Router(name="stats")

log = logging.getLogger(__name__)


@router.message(Command("stats"))
async def stats(
    message: Message, zone: ZoneInfo, statistics: StatisticsStore, charts: Charts
) -> SendPhoto | SendMessage:
    return await _told(message.chat.id, zone, statistics, charts)


@router.callback_query(ShowStats.filter())
async def show_stats(
    press: CallbackQuery, zone: ZoneInfo, statistics: StatisticsStore, charts: Charts
) -> SendPhoto | SendMessage:
    # A message of text cannot become a picture.
    assert press.message is not None
    return await _told(press.message.chat.id, zone, statistics, charts)


async def _told(chat_id: int, zone: ZoneInfo, statistics: StatisticsStore, charts: Charts) -> SendPhoto | SendMessage:
    shown = await statistics.of(last_dates(datetime.now(UTC), zone), zone)
    try:
        picture = await charts.draw(views.chart(shown))
    except ChartFailed as error:
        log.warning("chart failed", extra={"reason": str(error)})
        return views.without_chart(shown, zone).send(chat_id)
    photo = BufferedInputFile(picture, f"{shown.today}.png")
    return SendPhoto(chat_id=chat_id, photo=photo, caption=views.stats(shown, zone))
