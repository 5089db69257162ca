"""What getUpdates promises: an update is kept until a higher offset is asked for."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from itertools import islice
from typing import Any

from emulator.errors import ApiError

LARGEST_BATCH = 100
LONGEST_POLL = 50.0  # seconds

Update = dict[str, Any]


class UpdateQueue:
    def __init__(self, first_id: int = 1) -> None:
        self._updates: deque[Update] = deque()
        self._next_id = first_id
        self._waiting: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._updates)

    def add(self, update: Update) -> int:
        """The update_id it was given."""
        update_id = self._next_id
        self._next_id += 1
        self._updates.append({"update_id": update_id, **update})
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)
        return update_id

    async def get(self, offset: int = 0, limit: int = LARGEST_BATCH, timeout: float = 0) -> list[Update]:
        """Forgets what is below the offset, then waits up to `timeout` seconds for an update.

        Raises ApiError 409 in the call that waits when another one begins to wait.
        """
        self._forget(offset)
        if not self._updates and timeout > 0:
            await self._wait(min(timeout, LONGEST_POLL))
        return list(islice(self._updates, min(max(limit, 1), LARGEST_BATCH)))

    def _forget(self, offset: int) -> None:
        if offset < 0:
            while len(self._updates) > -offset:
                self._updates.popleft()
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()

    async def _wait(self, timeout: float) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(_conflict())
        self._waiting = waiting = asyncio.get_running_loop().create_future()
        with suppress(TimeoutError):
            await asyncio.wait_for(waiting, timeout)


def _conflict() -> ApiError:
    return ApiError(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
