"""Draws what stdin describes as JSON, and writes the PNG to stdout."""

from __future__ import annotations

import json
import signal
import sys
from contextlib import suppress
from pathlib import Path

from bot.charting.drawing import png
from bot.charting.encoding import decode

#: Nobody waits any longer, also where the bot itself has been killed.
LONGEST = 60  # seconds


def main() -> None:
    signal.alarm(LONGEST)
    # Where the container's memory runs out, the bot is not what has to go.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    sys.stdout.buffer.write(png(decode(json.load(sys.stdin))))


if __name__ == "__main__":
    main()
