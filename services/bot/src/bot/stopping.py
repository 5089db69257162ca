"""Waiting that ends when the bot is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from bot.errors import Stopped

T = TypeVar("T")


async def unless_stopped(stop: asyncio.Event, work: Awaitable[T]) -> T:
    """The result of `work`; raises Stopped as soon as `stop` is set. Whatever it raises, `work` has ended by then."""
    task = asyncio.ensure_future(work)
    waiter = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, waiter}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Stopped
        return task.result()
    finally:
        waiter.cancel()
        task.cancel()
        if not task.done():
            # Whatever it raises now; but the caller's own cancellation must get through.
            await asyncio.gather(task, return_exceptions=True)


async def pause(stop: asyncio.Event, duration: timedelta) -> None:
    """Raises Stopped as soon as `stop` is set."""
    await unless_stopped(stop, asyncio.sleep(duration.total_seconds()))
