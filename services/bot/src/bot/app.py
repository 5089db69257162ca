"""The one place where the parts meet: what is opened here is closed here, in reverse."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import uvloop
from aiogram import Bot, Dispatcher, Router
from aiogram.utils.i18n import I18n

from bot import logs
from bot.charting.process import TIMEOUT as CHART_TIMEOUT
from bot.charting.process import Charts
from bot.config import Config
from bot.domain.shop import Shop
from bot.errors import BotError, ConfigError, Stopped
from bot.handlers import routers as own_routers
from bot.handlers.notices import Notices
from bot.leading import Job, lead
from bot.middlewares.throttling import Throttling
from bot.observability.health import Health
from bot.observability.http_server import http_server
from bot.outgoing.broadcaster import Broadcaster
from bot.outgoing.rate_limits import RateLimits
from bot.outgoing.sender import Sender
from bot.stopping import unless_stopped
from bot.storage.broadcasts import CHANNEL as BROADCASTS_CHANNEL
from bot.storage.broadcasts import BroadcastStore
from bot.storage.carts import CartStore
from bot.storage.conversations import ConversationStore
from bot.storage.database import Database, open_database, open_session
from bot.storage.failed_updates import FailedUpdateStore
from bot.storage.inbox import CHANNEL as INBOX_CHANNEL
from bot.storage.inbox import InboxStore
from bot.storage.membership import Membership
from bot.storage.orders import OrderStore
from bot.storage.outbox import CHANNEL as OUTBOX_CHANNEL
from bot.storage.outbox import OutboxStore
from bot.storage.personal_data import PersonalDataStore
from bot.storage.products import ProductStore
from bot.storage.schema_version import wait_for_schema
from bot.storage.statistics import StatisticsStore
from bot.storage.users import UserStore
from bot.telegram.admin_menus import AdminMenus
from bot.telegram.bot import make_bot
from bot.telegram.command_menu import customers_menus
from bot.telegram.fsm_storage import PostgresStorage
from bot.telegram.outage import Outage
from bot.telegram.patient_caller import PatientCaller
from bot.telegram.session import Session
from bot.updates.answering import Answering
from bot.updates.failing import Failing
from bot.updates.polling import Poller
from bot.updates.processing import Processor
from bot.updates.purging import Purger
from bot.updates.worker import Worker
from bot.views.translations import Translations

#: How long a process that stops waits to hand over, should the database not answer.
GOODBYE_TIMEOUT = 2.0  # seconds

log = logging.getLogger(__name__)


def run(settings: Config, routers: Sequence[Router] = ()) -> int:
    """0 after SIGTERM, 1 when work had to be cut off at the deadline or the bot cannot go on, 2 for a wrong setting.

    `routers` are asked before the bot's own.
    """
    logs.configure(settings)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_run(settings, routers))
    except Exception as raised:
        error = _first(raised)
        if isinstance(error, BotError):
            log.error("cannot go on", extra={"reason": str(error)})
        else:
            log.exception("cannot go on")
        return 2 if isinstance(error, ConfigError) else 1


async def _run(settings: Config, routers: Sequence[Router]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    # What the imports have made lives as long as the process: nothing for the garbage collector to look through.
    gc.collect()
    gc.freeze()
    # And what a handler leaves behind is rarely a cycle.
    gc.set_threshold(20_000, 50, 50)
    serving = asyncio.ensure_future(_serve(settings, routers, stop))
    with suppress(Stopped):
        await unless_stopped(stop, asyncio.shield(serving))
    log.info("stopping", extra={"deadline_seconds": settings.drain_timeout_seconds})
    await asyncio.wait({serving}, timeout=settings.drain_timeout_seconds)
    if not serving.done():
        log.error("cut off: work was still running at the deadline; it is done again after the start")
        # Not even a cancellation can be waited for: it may wait for a server that does not answer.
        os._exit(1)
    with suppress(Stopped):
        serving.result()
    log.info("stopped")
    return 0


async def _serve(settings: Config, routers: Sequence[Router], stop: asyncio.Event) -> None:
    health = Health()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(http_server(settings.health_host, settings.health_port, health))

        database = await unless_stopped(stop, open_database(settings))
        stack.push_async_callback(database.close)
        await unless_stopped(stop, wait_for_schema(database))
        health.watch(database)

        bot = make_bot(settings)
        session = bot.session
        assert isinstance(session, Session)
        stack.push_async_callback(session.close)
        membership = Membership(partial(open_session, settings))
        health.ask(
            "membership",
            lambda: None if membership.is_sure else "the database has not heard from this process for a while",
        )
        async with asyncio.TaskGroup() as group:
            member = group.create_task(membership.run())
            try:
                await _work(settings, routers, stop, health, database, bot, session, membership)
            finally:
                membership.leave()
                await asyncio.wait({member}, timeout=GOODBYE_TIMEOUT)
                member.cancel()


async def _work(
    settings: Config,
    routers: Sequence[Router],
    stop: asyncio.Event,
    health: Health,
    database: Database,
    bot: Bot,
    session: Session,
    membership: Membership,
) -> None:
    conversations, outbox = ConversationStore(database), OutboxStore(database)
    inbox = InboxStore(database, conversations, outbox)
    shop = Shop(settings.currency, ZoneInfo(settings.time_zone), frozenset(settings.admin_ids))
    users, orders = UserStore(database), OrderStore(database)
    timeout = timedelta(seconds=settings.handler_timeout_seconds)
    broadcasts = BroadcastStore(database, outbox)
    I18n.set_current(i18n := Translations())
    encode = partial(session.encode, bot)
    admin_menus = AdminMenus(database, users, outbox, encode, i18n, shop)
    dispatcher = Dispatcher(
        storage=PostgresStorage(conversations),
        i18n=i18n,
        shop=shop,
        users=users,
        products=ProductStore(database, shop.currency),
        carts=CartStore(database, shop.currency),
        orders=orders,
        personal_data=PersonalDataStore(database, orders),
        notices=Notices(users, i18n, shop),
        statistics=StatisticsStore(database, shop.currency),
        charts=Charts(min(CHART_TIMEOUT, timeout * 2 / 3)),
        admin_menus=admin_menus,
        broadcasts=broadcasts,
        failed_updates=FailedUpdateStore(database),
    )
    dispatcher.include_routers(*routers, *own_routers())
    if settings.flood_messages:
        throttling = Throttling(settings.flood_messages, timedelta(seconds=settings.flood_seconds))
        for observer in (dispatcher.message, dispatcher.callback_query):
            observer.outer_middleware(throttling)

    outbox_wakeup = asyncio.Event()

    def go_on() -> None:
        worker.look()
        outbox_wakeup.set()

    outage = Outage(bot, over=go_on)
    failing = Failing(outage, encode, users, shop.admin_ids, i18n)
    answering = Answering(bot, session, database, inbox, users, membership, failing)
    processor = Processor(bot, dispatcher, database, inbox, outbox, encode, answering, failing, timeout)
    worker = Worker(inbox, membership, outage, processor.process, settings.handler_concurrency)
    membership.listen(INBOX_CHANNEL, worker.look)

    call = PatientCaller(bot, health, stop)
    kinds = dispatcher.resolve_used_update_types()
    poller = Poller(bot, call, inbox, membership, worker.hand_over, kinds, customers_menus(i18n), stop)
    limits = RateLimits(settings.outbox_messages_per_second)
    sender = Sender(outbox, session, bot, outage, limits, outbox_wakeup, may_act=lambda: membership.leads)
    membership.listen(OUTBOX_CHANNEL, outbox_wakeup.set)
    broadcaster = Broadcaster(broadcasts, users, bot, encode, i18n, settings.outbox_messages_per_second, stop)
    membership.listen(BROADCASTS_CHANNEL, broadcaster.wake)
    purger = Purger(inbox, outbox, stop)

    async def prepare() -> None:
        await poller.prepare()
        await admin_menus.renew()
        health.report("bot", None)

    async def follow() -> None:
        with suppress(Stopped):
            await unless_stopped(stop, membership.joined())
        if not membership.leads:
            health.report("bot", None)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(follow())
            group.create_task(worker.run(stop))
            jobs: list[Job] = [poller.run, partial(sender.run, stop), broadcaster.run, purger.run]
            group.create_task(lead(membership, prepare, jobs, stop))
    finally:
        await outage.close()


def _first(error: Exception) -> Exception:
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
