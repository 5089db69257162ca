from __future__ import annotations

import random
from datetime import timedelta

FIRST = timedelta(seconds=0.5)
LONGEST = timedelta(seconds=30)
#: While Telegram is away altogether: everybody waits for its return.
LONGEST_OUTAGE = timedelta(seconds=5)


def delay(attempt: int, longest: timedelta = LONGEST) -> timedelta:
    """How long to wait after attempt 0, 1, 2 …: doubling up to `longest`, less up to a half by chance."""
    full: timedelta = min(FIRST * 2 ** min(attempt, 16), longest)
    return full * random.uniform(0.5, 1)
