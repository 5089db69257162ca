"""The chat page in a real browser, with a small bot behind it that shows everything a bot can show."""

from __future__ import annotations

import io
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.browser import DESKTOP, PHONE, Window, chromium
from tests.hostile import NAMES
from tests.integration.bot.processes import EmulatorProcess
from tests.integration.emulator.libraries.processes import LIBRARIES, LibraryBot

SIZES = {"desktop": DESKTOP, "phone": PHONE}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorProcess]:
    with EmulatorProcess(tmp_path_factory.mktemp("emulator"), "--demo") as process:
        process.start()
        yield process
        assert "Traceback" not in process.said


@pytest.fixture(scope="module")
def bot(emulator: EmulatorProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibraryBot]:
    with LibraryBot(tmp_path_factory.mktemp("bot"), LIBRARIES[0], "polling", emulator) as process:
        process.start()
        yield process


@pytest.fixture
def window(browser: Browser, emulator: EmulatorProcess, bot: LibraryBot) -> Iterator[Window]:
    emulator.client.reset()
    opened = Window(browser, emulator.url, viewport=DESKTOP)
    yield opened
    opened.close()


@pytest.fixture
def page(window: Window) -> Page:
    return window.page


def pane(page: Page, name: str = "Ada") -> Locator:
    return page.get_by_role("region", name=f"Chat of {name} with Orderly")


def last(page: Page) -> Locator:
    return pane(page).get_by_role("article").last


def start(page: Page) -> None:
    pane(page).get_by_role("button", name="Start").click()
    expect(last(page)).to_contain_text("Hello, Ada!")


def say(page: Page, text: str) -> None:
    composer = pane(page).get_by_label("Message as Ada")
    composer.fill(text)
    composer.press("Enter")


def press(page: Page, label: str) -> None:
    last(page).get_by_role("button", name=label).click()


def go_back_to(page: Page, wanted: Locator) -> None:
    """With Shift and Tab alone."""
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("the keyboard does not lead there")


def picture(width: int, height: int) -> bytes:
    written = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(written, "PNG")
    return written.getvalue()


def choose_file(page: Page, kind: str, file: FilePayload) -> None:
    pane(page).get_by_role("button", name="Attach").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name=kind, exact=True).click()
    chooser.value.set_files(file)
    pane(page).get_by_role("button", name="Send", exact=True).click()


def test_formatting_and_the_time_of_the_answer_are_shown(page: Page) -> None:
    start(page)
    expect(last(page).locator("b, strong")).to_have_text("Ada")
    expect(last(page)).to_contain_text("answered in")


def test_a_pressed_button_brings_a_toast_and_changes_the_message(page: Page) -> None:
    start(page)
    press(page, "Toast")
    expect(pane(page).get_by_role("status").filter(has_text="A toast")).to_be_visible()
    expect(last(page)).to_contain_text("You had a toast.")
    expect(last(page)).to_contain_text("edited")
    expect(last(page).get_by_role("button", name="Alert")).to_be_visible()
    expect(pane(page).get_by_role("article")).to_have_count(2)


def test_a_pressed_button_brings_an_alert_that_wants_to_be_closed(page: Page) -> None:
    start(page)
    press(page, "Alert")
    expect(page.get_by_role("dialog")).to_contain_text("An alert")
    page.get_by_role("button", name="OK").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_reply_keyboard_is_there_until_the_bot_takes_it_away(page: Page) -> None:
    start(page)
    say(page, "/keyboard")
    pane(page).get_by_role("button", name="Coffee").click()
    expect(last(page)).to_contain_text("Coffee it is.")
    expect(pane(page).get_by_role("button", name="Coffee")).to_have_count(0)


def test_pictures_of_the_bot_are_seen(page: Page) -> None:
    start(page)
    say(page, "/photo")
    photo = last(page).get_by_role("img", name="By its file_id")
    expect(photo).to_be_visible()
    assert photo.evaluate("image => image.decode().then(() => image.naturalWidth)") == 16
    photo.click()
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    page.keyboard.press("Escape")


def test_documents_of_the_bot_are_downloaded(page: Page) -> None:
    start(page)
    say(page, "/document")
    with page.expect_download() as download:
        last(page).get_by_role("link", name="Download note.txt").click()
    assert Path(download.value.path()).read_bytes() == b"A note."


def test_a_persons_document_reaches_the_bot(page: Page) -> None:
    start(page)
    choose_file(page, "File", {"name": "größe.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"})
    expect(last(page)).to_contain_text("8 ")
    expect(pane(page).get_by_role("link", name="Download größe.csv")).to_be_visible()


def test_a_persons_picture_is_shown(page: Page) -> None:
    start(page)
    choose_file(page, "Picture", {"name": "photo.png", "mimeType": "image/png", "buffer": picture(800, 400)})
    shown = pane(page).get_by_role("img", name="Photo from You")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 800


def test_an_invoice_is_paid(page: Page) -> None:
    start(page)
    say(page, "/pay")
    last(page).get_by_role("button", name="Pay ⭐️5").click()
    expect(last(page)).to_contain_text("Thank you for 5 XTR")


def test_typing_is_shown_until_the_answer_comes(page: Page, emulator: EmulatorProcess) -> None:
    start(page)
    emulator.client.fault(method="sendMessage", kind="delay", seconds=2)
    say(page, "/typing")
    expect(pane(page).get_by_text("typing…")).to_be_visible()
    expect(last(page)).to_contain_text("Typed")
    expect(pane(page).get_by_text("typing…")).to_have_count(0)


def test_an_own_message_is_edited(page: Page) -> None:
    start(page)
    say(page, "Helo")
    expect(last(page)).to_contain_text("answered in")
    pane(page).get_by_label("Message as Ada").press("ArrowUp")
    say(page, "Hello")
    expect(pane(page).get_by_role("article", name="You").last).to_contain_text("edited")


def test_what_others_wrote_meanwhile_is_marked_as_unread(page: Page, emulator: EmulatorProcess) -> None:
    emulator.client.person(1003, "Olga").say("/start")
    item = page.get_by_role("navigation", name="Chats").get_by_role("button", name="Olga").first
    expect(item).to_contain_text("1 unread")
    item.click()
    expect(item).not_to_contain_text("unread")
    page.reload()
    expect(item).not_to_contain_text("unread")


@pytest.mark.parametrize("text", [*(name for name in NAMES if "\x00" not in name), "<img src=x onerror=alert(1)>"])
def test_hostile_text_is_text(page: Page, emulator: EmulatorProcess, text: str) -> None:
    person = emulator.client.person(1001, text)
    person.say(text)
    expect(page.get_by_role("region", name="Chat of").first).to_contain_text(person.answer())
    assert page.locator(".panes-area img, .panes-area script").count() == 0


def test_a_burst_of_a_thousand_messages_arrives_whole(page: Page, emulator: EmulatorProcess) -> None:
    start(page)
    ada = emulator.client.person(1001, "Ada")
    for number in range(500):
        ada.say(f"message {number}")
    expect(last(page)).to_contain_text("message 499", timeout=60_000)
    expect(pane(page).get_by_role("button", name="Load earlier")).to_be_attached()


def test_while_the_emulator_is_away_the_page_says_so_and_keeps_what_was_written(
    browser: Browser, tmp_path: Path
) -> None:
    with EmulatorProcess(tmp_path, "--demo") as emulator:
        emulator.start()
        window = Window(browser, emulator.url, viewport=DESKTOP)
        emulator.client.person(1001, "Ada").say("before")
        expect(last(window.page)).to_contain_text("before")
        emulator.end(signal.SIGKILL)
        expect(window.page.get_by_text("trying again")).to_be_visible()
        say(window.page, "important")
        expect(pane(window.page).get_by_role("alert")).to_contain_text("Not sent")
        expect(pane(window.page).get_by_label("Message as Ada")).to_have_value("important")
        emulator.start()
        expect(window.page.get_by_text("trying again")).to_be_hidden(timeout=60_000)
        window.errors.clear()  # the browser's own lines about the broken connection
        window.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_nobody_is_shut_out(
    browser: Browser, emulator: EmulatorProcess, bot: LibraryBot, size: str, theme: str
) -> None:
    emulator.client.reset()
    window = Window(browser, emulator.url, viewport=SIZES[size], color_scheme=theme, reduced_motion="reduce")
    page = window.page
    assert window.violations() == []
    if size == "phone":
        page.get_by_role("navigation", name="Chats").get_by_role("button", name="Ada").first.click()
    start(page)
    for command in ("/photo", "/document", "/pay", "/keyboard"):
        say(page, command)
    expect(pane(page).get_by_role("button", name="Coffee")).to_be_visible()
    assert window.violations() == []
    page.get_by_role("button", name="Make trouble").click()
    assert window.violations() == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Help and shortcuts").click()
    assert window.violations() == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    window.close()


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the open chats")).to_be_focused()
    page.keyboard.press("Enter")
    pane(page).get_by_role("button", name="Start").focus()
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("Hello, Ada!")
    expect(pane(page).get_by_label("Message as Ada")).to_be_focused()
    page.keyboard.type("/keyboard")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("Which one?")
    go_back_to(page, pane(page).get_by_role("button", name="Coffee"))
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("Coffee it is.")
