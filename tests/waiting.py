from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LONGEST_PAUSE = 0.05  # seconds


def wait_for(condition: Callable[[], T], what: str, timeout: float = 60) -> T:
    """The first true result. Raises AssertionError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    pause = 0.005
    while not (result := condition()):
        assert time.monotonic() < deadline, f"not within {timeout:g} s: {what}"
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
    return result
