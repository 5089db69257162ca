"""Who watches: the pages that are open, and callers of the control API that wait for something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson

LARGEST_BACKLOG = 20_000  # events; a page that reads more slowly begins anew with a snapshot
COUNTS_INTERVAL = 0.25  # seconds


class Signal:
    """Wakes everybody who waits for a condition when something has changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def fire(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def wait_for(self, condition: Callable[[], object], timeout: float) -> bool:
        """Whether the condition came true within `timeout` seconds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not condition():
            left = deadline - loop.time()
            if left <= 0:
                return False
            future = loop.create_future()
            self._waiting.add(future)
            await asyncio.wait([future], timeout=left)
            self._waiting.discard(future)
        return True


class Events:
    """Server-sent events for the pages that are open."""

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[bytes | None]] = set()
        self._counts_due: asyncio.TimerHandle | None = None

    @property
    def watched(self) -> bool:
        return bool(self._pages)

    def publish(self, name: str, data: Any) -> None:
        if not self._pages:
            return
        event = encode(name, data)
        for page in tuple(self._pages):
            if page.qsize() < LARGEST_BACKLOG:
                page.put_nowait(event)
            else:
                self._pages.discard(page)
                page.put_nowait(None)

    def publish_soon(self, name: str, data: Callable[[], Any]) -> None:
        """For what changes all the time; four times a second at the most."""
        if not self._pages or self._counts_due:
            return

        def now() -> None:
            self._counts_due = None
            self.publish(name, data())

        self._counts_due = asyncio.get_running_loop().call_later(COUNTS_INTERVAL, now)

    def close(self) -> None:
        """Lets every page go."""
        for page in self._pages:
            page.put_nowait(None)

    async def watch(self, first: bytes) -> AsyncIterator[bytes]:
        """`first`, then every event until the caller goes away or falls too far behind."""
        page: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._pages.add(page)
        try:
            yield first
            while (event := await page.get()) is not None:
                yield event
        finally:
            self._pages.discard(page)


def encode(name: str, data: Any) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(data))
