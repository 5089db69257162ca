"""Libraries that others have made for Telegram run against the emulator as they are."""

from __future__ import annotations

import hashlib
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.client import Person
from tests.integration.emulator.libraries.processes import EVERY_CASE, Case, LibraryBot
from tests.integration.emulator.libraries.reading import read_up_to
from tests.waiting import wait_for

UNCLOSED = """can't parse entities: can't find end tag corresponding to start tag "b\""""


@pytest.fixture(scope="module", params=EVERY_CASE, ids=str)
def bot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibraryBot]:
    with request.param.running_bot(tmp_path_factory.mktemp("bot")) as running:
        yield running


def chat_actions(bot: LibraryBot, person: Person) -> list[str]:
    calls = [call["parameters"] for call in bot.emulator.calls("sendChatAction")]
    return [parameters["action"] for parameters in calls if int(parameters["chat_id"]) == person.id]


def test_a_greeting_is_formatted_and_the_name_in_it_escaped(bot: LibraryBot) -> None:
    person = bot.somebody("<Ada & Co>")
    person.say("/start")
    greeting = person.expect("Hello, <Ada & Co>!")
    assert greeting.message["entities"] == [{"offset": 7, "length": 10, "type": "bold"}]
    assert [button["text"] for button in greeting.buttons] == ["Toast", "Alert"]


def test_a_press_is_answered_by_a_toast_and_changes_the_message(bot: LibraryBot) -> None:
    person = bot.somebody()
    person.ask("/start")
    pressed = person.press("Toast")
    assert (pressed["text"], pressed["show_alert"]) == ("A toast", False)
    edited = person.expect("You had a toast.")
    assert (edited.edits, [button["text"] for button in edited.buttons]) == (1, ["Alert"])


def test_a_press_is_answered_by_an_alert(bot: LibraryBot) -> None:
    person = bot.somebody()
    person.ask("/start")
    pressed = person.press("Alert")
    assert (pressed["text"], pressed["show_alert"]) == ("An alert", True)
    assert [button["text"] for button in person.expect("You had an alert.").buttons] == ["Toast"]


def test_a_reply_keyboard_is_shown_used_and_removed(bot: LibraryBot) -> None:
    person = bot.somebody()
    person.say("/keyboard")
    shown = person.expect("Which one?").keyboard
    assert shown is not None
    assert [[button["text"] for button in row] for row in shown["keyboard"]] == [["Tea", "Coffee"]]
    person.say("Tea")
    assert person.expect("Tea it is.").keyboard == {"remove_keyboard": True}


def test_a_photo_is_uploaded_and_sent_again_by_its_file_id(bot: LibraryBot) -> None:
    person = bot.somebody()
    person.say("/photo")
    uploaded, repeated = read_up_to(person, "By its file_id")
    assert uploaded.text == "Uploaded"
    assert uploaded.message["photo"] == repeated.message["photo"]
    assert (uploaded.message["photo"][-1]["width"], uploaded.message["photo"][-1]["height"]) == (16, 8)


def test_a_document_is_uploaded_as_it_is(bot: LibraryBot) -> None:
    person = bot.somebody()
    person.say("/document")
    document = person.expect("A document").message["document"]
    assert document["file_name"] == "note.txt"
    assert bot.download(document["file_id"]) == b"A note."


def test_a_persons_document_is_downloaded_as_it_was(bot: LibraryBot) -> None:
    person, content = bot.somebody(), random.randbytes(200_000)
    person.send_file("noise.bin", content)
    assert person.answer() == f"{len(content)} {hashlib.sha256(content).hexdigest()}"


def test_an_invoice_is_paid(bot: LibraryBot) -> None:
    person = bot.somebody()
    person.say("/pay")
    invoice = person.expect()
    assert (invoice.message["invoice"]["currency"], invoice.message["invoice"]["total_amount"]) == ("XTR", 5)
    assert person.pay(invoice.id)["ok"]
    assert person.answer() == "Thank you for 5 XTR for tea."


def test_a_message_is_sent_and_deleted(bot: LibraryBot) -> None:
    person = bot.somebody()
    person.say("/delete")
    read_up_to(person, "Deleted")
    entries = bot.emulator.get(f"/control/chats/{person.id}/entries")["entries"]
    assert [entry["message"]["text"] for entry in entries] == ["/delete", "Deleted"]


def test_a_chat_action_is_shown(bot: LibraryBot) -> None:
    person = bot.somebody()
    assert person.ask("/typing") == "Typed"
    actions = wait_for(lambda: chat_actions(bot, person), "the chat action")
    assert actions == ["typing"]


def test_commands_are_set_for_a_chat_and_a_language(bot: LibraryBot) -> None:
    german, english = bot.somebody(language_code="de"), bot.somebody(language_code="en")
    assert [person.ask("/commands") for person in (german, english)] == ["Set", "Set"]
    assert german.commands() == [{"command": "start", "description": "Beginnen"}]
    assert english.commands() == []


@pytest.mark.parametrize("how", ["block", "deactivate"])
def test_a_message_to_somebody_who_left_raises_the_librarys_own_exception(bot: LibraryBot, how: str) -> None:
    person, gone = bot.somebody(), bot.somebody("Gone")
    gone.ask("Hello")
    getattr(gone, how)()
    wanted = {"block": "bot was blocked by the user", "deactivate": "user is deactivated"}[how]
    assert wanted in person.ask(f"/tell {gone.id}")
    assert bot.noted()[-1] == {"event": "forbidden", "error": bot.library.errors[403], "retry_after": None}


def test_bad_html_raises_the_librarys_own_exception_with_telegrams_text(bot: LibraryBot) -> None:
    person = bot.somebody()
    assert UNCLOSED in person.ask("/bad").lower()
    assert bot.noted()[-1] == {"event": "bad request", "error": bot.library.errors[400], "retry_after": None}


def test_at_sigterm_it_ends_well(bot: LibraryBot) -> None:
    assert bot.end(signal.SIGTERM) == 0, bot.said
    bot.start()


@pytest.mark.parametrize("case", EVERY_CASE, ids=str)
def test_what_was_said_before_the_first_start_is_answered_in_order(case: Case, tmp_path: Path) -> None:
    with case.stopped_bot(tmp_path) as bot:
        person = bot.somebody()
        for text in ("one", "two", "three"):
            person.say(text)
        bot.start()
        assert [answer.text for answer in read_up_to(person, "three")] == ["one", "two", "three"]
