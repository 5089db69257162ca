"""Again, after others were in the way."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from migrator.errors import MigrationFailed

SHORTEST_PAUSE = 0.5  # seconds
LONGEST_PAUSE = 5.0  # seconds
#: A lock timeout, and a deadlock.
BLOCKED = ("55P03", "40P01")

log = logging.getLogger(__name__)


async def until_free(attempt: Callable[[], Awaitable[None]], seconds: float, file: str) -> None:
    """Lets the others through in pauses of random length. Raises MigrationFailed when the time is over."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    tries = 1
    while True:
        try:
            return await attempt()
        except MigrationFailed as failure:
            pause = min(SHORTEST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE) * random.uniform(0.5, 1.5)
            if failure.sqlstate not in BLOCKED:
                raise
            if loop.time() + pause > deadline:
                raise MigrationFailed(f"{failure}\n{_advice(tries, seconds)}") from None
            log.info("others use the same tables; trying again", extra={"file": file, "tries": tries})
        await asyncio.sleep(pause)
        tries += 1


def _advice(tries: int, seconds: float) -> str:
    times = "once" if tries == 1 else f"{tries} times"
    return (
        f"Tried {times} within {seconds:g} s. Look in pg_stat_activity for a long transaction, or run when there is "
        "less traffic; LOCK_TIMEOUT_SECONDS and LOCK_RETRY_SECONDS set how long to wait."
    )
