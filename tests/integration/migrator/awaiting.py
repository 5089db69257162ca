from __future__ import annotations

import time
from asyncio import sleep
from collections.abc import Awaitable, Callable


async def wait_for(condition: Callable[[], Awaitable[bool]], what: str, timeout: float = 30) -> None:
    """Raises AssertionError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not await condition():
        assert time.monotonic() < deadline, f"not within {timeout:g} s: {what}"
        await sleep(0.005)
