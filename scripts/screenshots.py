"""Renews the pictures in docs/images from the running demo; make screenshots."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from emulator.client import Emulator, Person
from tests.browser import DESKTOP, PHONE, Window, chromium

TARGET = Path(__file__).parents[1] / "docs/images"
THEMES = ("light", "dark")


def main(url: str) -> None:
    emulator = Emulator(url)
    emulator.reset()
    ada = emulator.person(1001, "Ada", last_name="Lovelace", username="ada", language_code="en")
    boris = emulator.person(1002, "Boris", username="boris", language_code="ru")
    _talk(ada, "/start", "/profile", "/help")
    _talk(boris, "/start", "Do you have coffee?", "/profile")
    TARGET.mkdir(exist_ok=True)
    with chromium() as browser:
        for theme in THEMES:
            _desktop(browser, url, theme)
            _phone(browser, url, theme)
        _trouble(browser, emulator, ada)


def _talk(person: Person, *texts: str) -> None:
    for text in texts:
        person.ask(text)


def _desktop(browser: Browser, url: str, theme: str) -> None:
    window = Window(browser, url, viewport=DESKTOP, color_scheme=theme)
    _shoot(window.page, f"desktop-{theme}")
    window.close()


def _phone(browser: Browser, url: str, theme: str) -> None:
    options = {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
    window = Window(browser, url, color_scheme=theme, **options)
    window.page.get_by_role("navigation", name="Chats").get_by_role("button", name="Ada").first.click()
    _shoot(window.page, f"phone-{theme}")
    window.close()


def _trouble(browser: Browser, emulator: Emulator, person: Person) -> None:
    window = Window(browser, emulator.url, viewport=DESKTOP, color_scheme="light")
    window.page.get_by_role("button", name="Make trouble").click()
    window.page.get_by_role("switch", name="Telegram goes away").check()
    for text in ("/profile", "/help"):
        person.say(text)
    expect(window.page.get_by_role("complementary")).to_contain_text("2 waiting")
    _shoot(window.page, "trouble")
    emulator.stop_failing()
    window.close()


def _shoot(page: Page, name: str) -> None:
    page.get_by_role("article").last.wait_for()
    page.screenshot(path=TARGET / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    main(sys.argv[1])
