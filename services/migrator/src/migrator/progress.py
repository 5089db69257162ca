"""What a file that takes long is doing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from migrator import logs

TERMINAL_INTERVAL = 1.0  # seconds
LOG_INTERVAL = 30.0  # seconds

log = logging.getLogger(__name__)


class Progress:
    """Of one file."""

    def __init__(self, file: str, statements: int, count: str) -> None:
        self.file = file
        self.statements = statements
        #: The file's place among those of the run, as 3/12.
        self.count = count
        #: The one that runs; 0 while they run all at once.
        self.statement = 0
        #: Whether it is out of the migrator's hands if it counts.
        self.committing = False
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._started

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """On a terminal as a line that changes, else in the log now and then."""
        showing = asyncio.create_task(self._on_terminal() if logs.has_status_line() else self._in_log())
        try:
            yield
        finally:
            showing.cancel()
            logs.status("")

    async def _on_terminal(self) -> None:
        while True:
            await asyncio.sleep(TERMINAL_INTERVAL)
            where = f"statement {self.statement} of {self.statements}, " if self.statement else ""
            logs.status(f"{self.count} {self.file}: {where}{self.seconds:.0f} s")

    async def _in_log(self) -> None:
        while True:
            await asyncio.sleep(LOG_INTERVAL)
            where = f"{self.statement}/{self.statements}"
            log.info("running", extra={"file": self.file, "statement": where, "seconds": round(self.seconds)})
