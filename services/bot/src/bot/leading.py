"""What only one of the bot's processes does at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

from bot.backoff import FIRST
from bot.errors import Stopped, StorageUnavailable
from bot.stopping import pause, unless_stopped
from bot.storage.membership import Membership

Job = Callable[[], Coroutine[Any, Any, None]]

log = logging.getLogger(__name__)


async def lead(membership: Membership, prepare: Job, jobs: Sequence[Job], stop: asyncio.Event) -> None:
    """Prepares and runs the jobs whenever this process leads. Returns when `stop` is set and they have ended."""
    with suppress(Stopped):
        while True:
            await unless_stopped(stop, membership.elected())
            await _term(membership, prepare, jobs)
            await pause(stop, FIRST)


async def _term(membership: Membership, prepare: Job, jobs: Sequence[Job]) -> None:
    work = asyncio.create_task(_work(prepare, jobs))
    deposed = asyncio.create_task(membership.deposed())
    try:
        await asyncio.wait({work, deposed}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            log.warning("leads no more", extra={"replica": membership.id})
    finally:
        deposed.cancel()
        work.cancel()
        await asyncio.wait({work})
    if not work.cancelled():
        work.result()


async def _work(prepare: Job, jobs: Sequence[Job]) -> None:
    with suppress(Stopped):
        try:
            await prepare()
            async with asyncio.TaskGroup() as group:
                for job in jobs:
                    group.create_task(job())
        except* StorageUnavailable as errors:
            log.warning("leading waits for the database", extra={"reason": str(errors.exceptions[0])})
