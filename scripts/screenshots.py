"""Renews the pictures in docs/images from the running demo; make screenshots."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from emulator.client import Emulator
from tests.browser import DESKTOP, PHONE, Window, chromium
from tests.e2e.talking import Talker, labels

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs/images"
THEMES = ("light", "dark")

#: The three people are strangers again, and the shop has had a month. Its own orders are numbered from 1000.
PREPARE = """
    DELETE FROM conversations WHERE user_id IN (1001, 1002, 1003);
    DELETE FROM users WHERE id IN (1001, 1002, 1003);
    INSERT INTO orders (id, status, total, currency, placed_at)
    SELECT number, 'delivered', 1090 + number * 7919 % 4700, 'EUR',
        now() - interval '30 days' * (1 - sqrt(number / 150.0))
    FROM generate_series(1, 149) AS number
    ON CONFLICT DO NOTHING;
"""
CLEAN_UP = "DELETE FROM orders WHERE id < 1000"


def main(url: str) -> None:
    emulator = Emulator(url)
    emulator.stop_failing()
    emulator.reset()
    TARGET.mkdir(exist_ok=True)
    _sql(PREPARE)
    try:
        people = _act(emulator)
    finally:
        _sql(CLEAN_UP)
    with chromium() as browser:
        for theme, name in zip(THEMES, ("Ada", "Boris"), strict=True):
            _desktop(browser, url, theme)
            _phone(browser, url, theme, name)
        _trouble(browser, emulator, *people)


def _sql(statements: str) -> None:
    psql = ("psql", "--username", "migrator", "--quiet", "--set", "ON_ERROR_STOP=1", "orderly")
    subprocess.run([ROOT / "scripts/demo", "exec", "-T", "postgres", *psql], input=statements, text=True, check=True)


def _act(emulator: Emulator) -> tuple[Talker, Talker]:
    """What is seen in the pictures: Ada orders, Olga confirms and looks at the figures, Boris looks around.

    Ada and Olga.
    """
    ada = Talker(emulator.person(1001, "Ada", last_name="Lovelace", username="ada", language_code="en"), "en")
    boris = Talker(emulator.person(1002, "Boris", username="boris", language_code="ru"), "ru")
    olga = Talker(emulator.person(1003, "Olga", username="olga_owner", language_code="en"), "en")
    for person in (ada, boris, olga):
        person.say("/start")
    _order(ada)
    olga.hear("New order")
    olga.press("Show the order", "3rd floor")
    olga.press("Confirm", "· confirmed ·")
    ada.hear("is confirmed.")
    olga.say("/stats", ("Last {count} day", "Last {count} days", 30))
    boris.say("/start p_KYUSU")
    boris.press("Add {count}", ("{count} in your cart", "{count} in your cart", 1), count=1)
    boris.say("/catalogue", "What would you like?")
    for person in (ada, boris, olga):
        _read(emulator, person)
    return ada, olga


def _read(emulator: Emulator, person: Talker) -> None:
    """So that no line says where what is new begins."""
    emulator.post("/control/reads", {"person_id": person.id, "message_id": max(person.person.seen)})


def _order(customer: Talker) -> None:
    customer.press("Catalogue", "What would you like?")
    customer.press(f"Sencha · {customer.money(1190)}", "Sencha")
    customer.press("Add {count}", count=2)
    customer.press("Catalogue", "What would you like?")
    customer.press("›")
    customer.press(f"Matcha Set · {customer.money(4200)}", "Matcha Set")
    customer.press("Add {count}", count=1)
    customer.press("Cart")
    customer.press("Check out")
    customer.say("3rd floor, please ring twice")
    customer.press("Place the order", "Thank you!")


def _open_shop(page: Page) -> None:
    """Ada on the left, Olga on the right."""
    page.get_by_role("button", name="Dismiss the welcome").click()
    page.get_by_role("region", name="Chat of Boris").click()
    page.get_by_role("navigation", name="Chats").get_by_role("button", name="Olga").first.click()


def _desktop(browser: Browser, url: str, theme: str) -> None:
    window = Window(browser, url, viewport=DESKTOP, color_scheme=theme)
    _open_shop(window.page)
    _shoot(window.page, f"desktop-{theme}")
    window.close()


def _phone(browser: Browser, url: str, theme: str, name: str) -> None:
    options = {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
    window = Window(browser, url, color_scheme=theme, **options)
    window.page.get_by_role("navigation", name="Chats").get_by_role("button", name=name).first.click()
    _shoot(window.page, f"phone-{theme}")
    window.close()


def _trouble(browser: Browser, emulator: Emulator, ada: Talker, olga: Talker) -> None:
    [order] = labels(ada.say("/orders", "Your orders, the newest first:"))
    number = order.split(" · ")[0]
    olga.say(f"/admin {number}")
    olga.press("Order {number}", "3rd floor", number=number)
    for person in (ada, olga):
        _read(emulator, person)
    window = Window(browser, emulator.url, viewport=DESKTOP, color_scheme="light")
    _open_shop(window.page)
    window.page.get_by_role("button", name="Make trouble").click()
    away = window.page.get_by_role("switch", name="Telegram goes away")
    away.click()
    expect(away).to_be_checked()
    ada.person.say("/catalogue")
    window.page.get_by_role("button", name="Ship", exact=True).last.click()
    expect(window.page.get_by_role("complementary")).to_contain_text("2 waiting")
    expect(window.page.get_by_role("complementary")).to_contain_text("polls failed")
    _shoot(window.page, "trouble")
    emulator.stop_failing()
    window.close()


def _shoot(page: Page, name: str) -> None:
    page.get_by_role("article").last.wait_for()
    page.mouse.move(0, 0)
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    page.screenshot(path=TARGET / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    main(sys.argv[1])
