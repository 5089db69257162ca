"""A real Chromium for the tests of the page."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

ROOT = Path(__file__).parents[1]
SHELTERED = Path(__file__).parent / "sheltered_chromium.py"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
#: Chromium asks nobody outside; as root it runs only without its sandbox.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@contextmanager
def chromium() -> Iterator[Browser]:
    path = subprocess.run([ROOT / "scripts/ensure-browser"], check=True, capture_output=True, text=True).stdout.strip()
    with sync_playwright() as playwright:
        environment: dict[str, str | float | bool] = {**os.environ, "CHROMIUM": path}
        browser = playwright.chromium.launch(executable_path=SHELTERED, args=FLAGS, env=environment)
        yield browser
        browser.close()


class Window:
    """A page that is held to its promises: no error in the console, nothing asked for from elsewhere."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        self.context: BrowserContext = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._asked)
        self.page.set_default_timeout(20_000)
        self.page.goto(url)

    def close(self) -> None:
        self.context.close()
        assert self.errors == []

    def violations(self) -> list[str]:
        """What axe finds wrong for people who cannot see, hear or point."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes']]}" for one in found]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "blob:")):
            self.errors.append(f"asked for {request.url}")
