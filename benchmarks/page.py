"""How soon the chat page is there, with nothing in the browser's cache."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import DESKTOP, Window, chromium
from tests.integration.bot.processes import EmulatorProcess

RUNS = 7
MESSAGES = 200
BUDGET = 1.0  # seconds
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"


def run() -> None:
    print(f"the chat page with {MESSAGES} messages in each of two open chats, nothing cached; {RUNS} runs")
    with tempfile.TemporaryDirectory() as folder, EmulatorProcess(Path(folder), "--demo") as emulator:
        emulator.start()
        for person_id, name in ((1001, "Ada"), (1002, "Boris")):
            person = emulator.client.person(person_id, name)
            for number in range(MESSAGES):
                person.say(f"message {number}")
        with chromium() as browser:
            measured = [_measure(browser, emulator.url) for _ in range(RUNS)]
    paints, complete = zip(*measured, strict=True)
    print(f"  first paint: median {statistics.median(paints):.2f} s, worst {max(paints):.2f} s; budget {BUDGET:g} s")
    print(f"  all messages there: median {statistics.median(complete):.2f} s, worst {max(complete):.2f} s")


def _measure(browser: Browser, url: str) -> tuple[float, float]:
    window = Window(browser, url, viewport=DESKTOP)
    window.page.get_by_role("article").nth(2 * MESSAGES - 1).wait_for()
    complete = window.page.evaluate("performance.now() / 1000")
    paint = window.page.evaluate(FIRST_PAINT)
    window.close()
    return float(paint), float(complete)
