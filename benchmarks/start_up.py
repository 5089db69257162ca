"""From `docker compose up` with built images and an empty database to the bot's first getUpdates."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from tests.e2e.stack import Stack, demo_stack
from tests.waiting import wait_for

RUNS = 5
BUDGET = 10.0  # seconds


def run() -> None:
    print(f"docker compose up, images built, database empty, to the first getUpdates; {RUNS} runs")
    with tempfile.TemporaryDirectory() as folder, demo_stack(Path(folder)) as stack:
        stack.compose("build")
        seconds = [_measure(stack) for _ in range(RUNS)]
    shown = "  ".join(f"{value:.1f}" for value in sorted(seconds))
    print(f"  {shown} s; median {statistics.median(seconds):.1f} s, worst {max(seconds):.1f} s; budget {BUDGET:g} s")


def _measure(stack: Stack) -> float:
    stack.compose("down", "--volumes")
    began = time.time()
    stack.compose("up", "--detach")
    emulator = stack.emulator
    first: float = wait_for(lambda: emulator.calls("getUpdates"), "the first getUpdates")[0]["at"]
    return first - began
