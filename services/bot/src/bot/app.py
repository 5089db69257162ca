"""The one place where the parts meet: what is opened here is closed here, in reverse."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import AsyncExitStack, suppress

from aiogram import Dispatcher
from aiogram.methods import DeleteWebhook

from bot import logs
from bot.config import Config
from bot.errors import BotError, ConfigError, Stopped
from bot.handlers import root_router
from bot.observability.health import Health
from bot.observability.http_server import http_server
from bot.stopping import unless_stopped
from bot.storage.database import open_database
from bot.storage.schema_version import wait_for_schema
from bot.storage.users import UserStore
from bot.telegram.bot import make_bot
from bot.telegram.command_menu import set_command_menu
from bot.telegram.patient_caller import PatientCaller
from bot.updates.polling import Poller

log = logging.getLogger(__name__)


def run(settings: Config) -> int:
    """0 after SIGTERM, 1 when work had to be cut off at the deadline or the bot cannot go on, 2 for a wrong setting."""
    logs.configure(settings)
    try:
        return asyncio.run(_run(settings))
    except BotError as error:
        log.error("cannot go on", extra={"reason": str(error)})
        return 2 if isinstance(error, ConfigError) else 1
    except Exception:
        log.exception("cannot go on")
        return 1


async def _run(settings: Config) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    serving = asyncio.ensure_future(_serve(settings, stop))
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


async def _serve(settings: Config, stop: asyncio.Event) -> None:
    health = Health()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(http_server(settings.health_host, settings.health_port, health))

        database = await unless_stopped(stop, open_database(settings))
        stack.push_async_callback(database.close)
        await unless_stopped(stop, wait_for_schema(database))
        health.watch(database)

        bot = make_bot(settings)
        stack.push_async_callback(bot.session.close)
        dispatcher = Dispatcher(disable_fsm=True, users=UserStore(database))
        dispatcher.include_router(root_router())

        call = PatientCaller(bot, health, stop)
        await call(DeleteWebhook())
        await call(set_command_menu())
        health.report("bot", None)
        log.info("receiving", extra={"bot_id": bot.id, "api": settings.bot_api_url})
        await Poller(bot, dispatcher, call, stop).run()
