"""The chat page in a real browser, with the real bot behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import DESKTOP, PHONE, Window, chromium
from tests.e2e.stack import Stack
from tests.e2e.talking import TRANSLATIONS


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def window(browser: Browser, stack: Stack) -> Iterator[Window]:
    stack.emulator.reset()
    stack.sql("DELETE FROM users")
    opened = Window(browser, stack.emulator.url, viewport=DESKTOP)
    yield opened
    opened.close()


@pytest.fixture
def page(window: Window) -> Page:
    return window.page


def pane(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=f"Chat of {name} with Orderly")


def say(page: Page, name: str, text: str) -> None:
    composer = pane(page, name).get_by_label(f"Message as {name}")
    composer.fill(text)
    composer.press("Enter")


def expect_last(page: Page, name: str, text: str) -> None:
    expect(pane(page, name).get_by_role("article").last).to_contain_text(text)


def press(page: Page, name: str, label: str) -> None:
    """A button of the newest message."""
    pane(page, name).get_by_role("article").last.get_by_role("button", name=label, exact=True).click()


def press_start(page: Page, name: str) -> None:
    pane(page, name).get_by_role("button", name="Start").click()
    language = "ru" if name == "Boris" else "en"
    expect_last(page, name, TRANSLATIONS.gettext("Welcome, {name}!", locale=language).format(name=name))


def switch(drawer: Locator, trouble: str) -> None:
    made = drawer.get_by_role("switch", name=trouble)
    made.click()
    expect(made).to_be_checked()


def test_two_people_talk_with_the_bot_side_by_side(page: Page) -> None:
    expect(page.get_by_text("Emulator, not Telegram")).to_be_visible()
    welcome = page.get_by_role("region", name="Welcome")
    for told in ("Ada and Boris are customers", "Press Start", "Boris reads Russian", "Olga runs the shop"):
        expect(welcome).to_contain_text(told)
    press_start(page, "Ada")
    press_start(page, "Boris")
    say(page, "Ada", "/profile")
    say(page, "Boris", "/profile")
    expect_last(page, "Ada", "Name: Ada")
    expect_last(page, "Boris", TRANSLATIONS.gettext("Name: {name}", locale="ru").format(name="Boris"))
    expect(pane(page, "Ada")).not_to_contain_text("Boris")


def test_a_changed_name_reaches_the_bot(page: Page) -> None:
    press_start(page, "Ada")
    pane(page, "Ada").get_by_role("button", name="Chat menu").click()
    page.get_by_role("menuitem", name="Change name").click()
    dialog = page.get_by_role("dialog", name="Change name")
    dialog.get_by_label("First name").fill("Augusta")
    dialog.get_by_role("button", name="Save").click()
    say(page, "Augusta", "/start")
    expect_last(page, "Augusta", "Welcome, Augusta!")
    say(page, "Augusta", "/profile")
    expect_last(page, "Augusta", "Name: Augusta")


def test_a_reload_keeps_what_was_said_and_the_talk_goes_on(page: Page) -> None:
    press_start(page, "Ada")
    page.reload()
    expect(pane(page, "Ada").get_by_role("article")).to_have_count(2)
    say(page, "Ada", "/profile")
    expect_last(page, "Ada", "Name: Ada")


def test_a_new_person_is_met_by_the_bot(page: Page) -> None:
    page.get_by_role("button", name="Add a person").click()
    dialog = page.get_by_role("dialog", name="Add a person")
    dialog.get_by_label("First name").fill("<i>Grace</i>")
    dialog.get_by_role("button", name="Add", exact=True).click()
    press_start(page, "<i>Grace</i>")


def test_the_command_menu_sends_a_command(page: Page) -> None:
    press_start(page, "Ada")
    pane(page, "Ada").get_by_label("Message as Ada").press_sequentially("/pro")
    expect(page.get_by_role("option")).to_have_count(1)
    pane(page, "Ada").get_by_label("Message as Ada").press("Enter")
    expect_last(page, "Ada", "Name: Ada")


def test_whatever_trouble_is_made_nothing_gets_lost(page: Page, stack: Stack) -> None:
    press_start(page, "Ada")
    page.get_by_role("button", name="Make trouble").click()
    drawer = page.get_by_role("complementary", name="Make trouble")
    for trouble in ("Telegram goes away", "500", "429", "Telegram answers slowly"):
        switch(drawer, trouble)
        say(page, "Ada", "/profile")
    expect(drawer).to_contain_text("polls failed")
    expect(drawer).to_contain_text("waiting. Nothing is lost.")
    drawer.get_by_role("button", name="Stop all trouble").click()
    expect(pane(page, "Ada").get_by_text("Name: Ada")).to_have_count(4, timeout=60_000)
    expect(drawer).to_contain_text("All 5 received.", timeout=60_000)
    assert stack.emulator.counts()["waiting"] == 0


def test_an_order_is_placed_and_shipped_though_telegram_is_in_trouble(page: Page, stack: Stack) -> None:
    pane(page, "Boris").click()
    page.get_by_role("navigation", name="Chats").get_by_role("button", name="Olga").first.click()
    press_start(page, "Olga")
    press_start(page, "Ada")
    press(page, "Ada", "Catalogue")
    press(page, "Ada", "Sencha · €11.90")
    press(page, "Ada", "Add 2")
    press(page, "Ada", "Cart")
    press(page, "Ada", "Check out")
    expect_last(page, "Ada", "Where to")
    say(page, "Ada", "3rd floor")
    press(page, "Ada", "Place the order")
    expect_last(page, "Ada", "Thank you!")

    expect_last(page, "Olga", "€23.80")
    page.get_by_role("button", name="Make trouble").click()
    drawer = page.get_by_role("complementary", name="Make trouble")
    switch(drawer, "Telegram goes away")
    press(page, "Olga", "Show the order")
    expect(drawer).to_contain_text("waiting. Nothing is lost.")
    drawer.get_by_role("button", name="Stop all trouble").click()
    expect(pane(page, "Olga").get_by_role("article").last).to_contain_text("3rd floor", timeout=60_000)
    for trouble, label, status in (("429", "Confirm", "confirmed"), ("Telegram answers slowly", "Ship", "shipped")):
        switch(drawer, trouble)
        press(page, "Olga", label)
        expect(pane(page, "Olga").get_by_role("article").last).to_contain_text(f" · {status} · Olga", timeout=60_000)
        drawer.get_by_role("button", name="Stop all trouble").click()

    for notice in ("is confirmed.", "is on its way."):
        expect(pane(page, "Ada").get_by_text(notice)).to_have_count(1, timeout=60_000)
    press(page, "Ada", "Show the order")
    expect_last(page, "Ada", "shipped")
    stack.wait_until_idle()
    expect(drawer).to_contain_text("received.")


def test_a_bot_that_is_blocked_hears_nothing_until_it_is_unblocked(page: Page) -> None:
    press_start(page, "Ada")
    page.get_by_role("button", name="Make trouble").click()
    drawer = page.get_by_role("complementary", name="Make trouble")
    switch(drawer, "Ada Lovelace blocks the bot")
    expect(pane(page, "Ada").get_by_label("Message as Ada")).to_be_hidden()
    pane(page, "Ada").get_by_role("button", name="Unblock").click()
    say(page, "Ada", "/profile")
    expect_last(page, "Ada", "Name: Ada")


def test_a_phone_shows_one_chat_at_a_time(browser: Browser, stack: Stack) -> None:
    stack.emulator.reset()
    window = Window(browser, stack.emulator.url, viewport=PHONE, has_touch=True, is_mobile=True)
    window.page.get_by_role("button", name="Boris").first.click()
    press_start(window.page, "Boris")
    window.page.get_by_role("button", name="Back to all chats").click()
    welcome = TRANSLATIONS.gettext("Welcome, {name}!", locale="ru").format(name="Boris")
    expect(window.page.get_by_role("button", name="Boris").first).to_contain_text(welcome)
    assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    window.close()
