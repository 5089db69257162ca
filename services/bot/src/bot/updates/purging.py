from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from bot.errors import Stopped, StorageUnavailable
from bot.stopping import pause
from bot.storage.inbox import InboxStore
from bot.storage.outbox import OutboxStore

#: Telegram delivers an update again for 24 hours at the most.
REMEMBERED = timedelta(hours=25)
INTERVAL = timedelta(minutes=1)
BATCH = 1000  # rows
#: Between two batches, for the others' queries.
BREATH = timedelta(milliseconds=50)

log = logging.getLogger(__name__)


class Purger:
    """Forgets what nobody needs any more, a small batch at a time. For the leader alone."""

    def __init__(self, inbox: InboxStore, outbox: OutboxStore, stop: asyncio.Event) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._stop = stop

    async def run(self) -> None:
        """Returns when `stop` is set."""
        with suppress(Stopped):
            while True:
                await self._purge()
                await pause(self._stop, INTERVAL)

    async def _purge(self) -> None:
        """Raises Stopped."""
        try:
            while await self._inbox.purge(REMEMBERED, BATCH) + await self._outbox.purge(REMEMBERED, BATCH):
                await pause(self._stop, BREATH)
        except StorageUnavailable as error:
            log.warning("purging waits for the database", extra={"reason": str(error)})
