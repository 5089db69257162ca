"""Admins see what the bot could not handle, without what was written in it, and have it tried again or dropped."""

from __future__ import annotations

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from emulator.client import Person
from tests.integration.bot.shop.conftest import Shop
from tests.integration.bot.shop.looking import data_of, labels
from tests.waiting import wait_for

_UPDATE_IDS = itertools.count(10**9)

NOTHING = "Nothing has failed."
GONE = "It is not here any more: it has been replayed or dropped."
SECRET = "what somebody wrote"

INSERT = """
    INSERT INTO failed_updates (id, chat_id, update_id, received_at, failed_at, payload, attempts, error)
    VALUES (
        nextval(pg_get_serial_sequence('inbox', 'id')),
        $1, $2, '2026-03-28 23:30 UTC', '2026-03-28 23:31 UTC', $3, 5, $4
    )
    RETURNING id
"""


@pytest.fixture(autouse=True)
def nothing_has_failed(shop: Shop) -> None:
    shop.sql("DELETE FROM failed_updates")


@pytest.fixture
def owner(shop: Shop, owner: Person) -> Person:
    """Has read everything."""
    shop.wait_until_idle()
    owner.read(wait=0)
    owner.ask("/start")
    return owner


def fail(shop: Shop, person: Person, text: str = "/help", error: str = "ValueError: no\nTraceback …") -> int:
    """The id of a message that has come and could not be handled."""
    message: dict[str, Any] = {
        "message_id": 1,
        "date": 1_700_000_000,
        "chat": {"id": person.id, "type": "private"},
        "from": {"id": person.id, "is_bot": False, "first_name": person.first_name},
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    return insert(shop, person.id, {"message": message}, error)


def insert(shop: Shop, chat_id: int, content: Any, error: str = "ValueError: no") -> int:
    update_id = next(_UPDATE_IDS)
    payload = {"update_id": update_id, **content} if isinstance(content, dict) else content
    return int(shop.value(INSERT, chat_id, update_id, json.dumps(payload), error))


def update_id_of(shop: Shop, failed: int) -> int:
    return int(shop.value("SELECT update_id FROM failed_updates WHERE id = $1", failed))


def left(shop: Shop) -> list[int]:
    return [failed for (failed,) in shop.sql("SELECT id FROM failed_updates ORDER BY id DESC")]


def news(shop: Shop, person: Person) -> list[str]:
    """What the person has been told since the last look."""
    shop.wait_until_idle()
    return [answer.text for answer in person.read(wait=0)]


def test_where_nothing_has_failed_there_is_nothing_to_press(owner: Person) -> None:
    assert owner.ask("/failed") == NOTHING
    assert labels(owner) == ["Administration"]


def test_an_update_that_is_not_understood_is_shown_without_its_content(shop: Shop, owner: Person) -> None:
    [update_id] = shop.emulator.send_updates({"message": {"text": SECRET, "chat": {"id": 77}}})
    wait_for(shop.failed, "it is given up")
    shop.wait_until_idle()
    owner.read()
    assert owner.ask("/failed") == "1 update could not be handled. The newest first:"
    text = shop.push(owner, labels(owner)[0])
    [failed] = left(shop)
    lines = [f"Update {update_id}", f"No.: {failed}", "Kind: message", "Chat: 77", "Tries: 1"]
    assert set(lines) <= set(text.splitlines())
    assert text.splitlines()[-1] == "ValidationError: the update is not understood"
    assert SECRET not in text


def test_replayed_it_is_tried_again(shop: Shop, owner: Person, customer: Person) -> None:
    customer.ask("/start")
    failed = fail(shop, customer)
    owner.ask("/failed")
    shop.push(owner, labels(owner)[0])
    assert shop.push(owner, "Replay") == f"1 update is tried again.\n\n{NOTHING}"
    [answer] = news(shop, customer)
    assert answer.startswith("/start")
    assert left(shop) == []
    assert shop.tap(owner, f"a-replay:{failed}").startswith(GONE)
    assert news(shop, customer) == []


def test_pressed_four_times_at_once_it_is_replayed_once(shop: Shop, owner: Person, customer: Person) -> None:
    customer.ask("/start")
    fail(shop, customer)
    kept = fail(shop, customer)
    owner.ask("/failed")
    shop.push(owner, labels(owner)[1])
    replay, message = data_of(owner, "Replay"), max(owner.seen)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: owner.press_data(message, replay, forged=True), range(4)))
    assert len(news(shop, customer)) == 1
    assert left(shop) == [kept]


def test_what_fails_again_is_another_one(shop: Shop, owner: Person) -> None:
    """A button that was pressed twice does not replay it anew."""
    failed = insert(shop, 77, {"message": {"text": SECRET}})
    owner.ask("/failed")
    replay_all, message = data_of(owner, "Replay all (1)"), max(owner.seen)
    shop.tap(owner, f"a-replay:{failed}", message)
    [again] = left(shop)
    assert again != failed
    assert shop.tap(owner, f"a-replay:{failed}", message).startswith(GONE)
    text = shop.tap(owner, replay_all, message)
    assert text.startswith("None of them is here any more: they have been replayed or dropped.\n\n1 update could not")
    assert left(shop) == [again]


def test_all_are_replayed_but_what_has_failed_since(shop: Shop, owner: Person) -> None:
    customers = [shop.person() for _ in range(3)]
    for customer in customers:
        customer.ask("/start")
        fail(shop, customer)
        fail(shop, customer, "/profile")
    owner.ask("/failed")
    replay, message = data_of(owner, "Replay all (6)"), max(owner.seen)
    since = fail(shop, customers[0])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: owner.press_data(message, replay, forged=True), range(4)))
    for customer in customers:
        answers = news(shop, customer)
        assert [answers[0].startswith("/start"), answers[1].startswith("ID: ")] == [True, True], "in their order"
        assert len(answers) == 2
    assert left(shop) == [since]


def test_what_was_handled_and_not_answered_is_only_answered(shop: Shop, owner: Person, customer: Person) -> None:
    customer.ask("/start")
    failed = fail(shop, customer, "/forget")
    answer = {"method": "sendMessage", "parameters": {"chat_id": customer.id, "text": "the kept answer"}}
    shop.sql("UPDATE failed_updates SET answer = $2 WHERE id = $1", failed, json.dumps(answer))
    shop.tap(owner, f"a-replay:{failed}")
    assert news(shop, customer) == ["the kept answer"]


def test_dropping_is_asked_for_twice(shop: Shop, owner: Person, customer: Person) -> None:
    customer.ask("/start")
    failed = fail(shop, customer)
    update_id = update_id_of(shop, failed)
    owner.ask("/failed")
    shop.push(owner, labels(owner)[0])
    assert shop.push(owner, "Drop") == f"Drop update {update_id}? Nobody can bring it back."
    assert left(shop) == [failed]
    assert f"Update {update_id}" in shop.push(owner, "No")
    shop.push(owner, "Drop")
    yes, message = data_of(owner, "Yes, drop it"), max(owner.seen)
    assert shop.push(owner, "Yes, drop it") == f"It is dropped.\n\n{NOTHING}"
    assert left(shop) == []
    assert shop.tap(owner, yes, message) == f"{GONE}\n\n{NOTHING}"
    assert news(shop, customer) == []


def test_pages_go_there_and_back_the_newest_first(shop: Shop, owner: Person, customer: Person) -> None:
    failed = [fail(shop, customer, error=f"error {number}") for number in range(20)]
    assert owner.ask("/failed") == "20 updates could not be handled. The newest first:"
    there, back = [errors(owner)], []
    while "›" in labels(owner):
        shop.push(owner, "›")
        there.append(errors(owner))
    while "‹" in labels(owner):
        back.append(errors(owner))
        shop.push(owner, "‹")
    back.append(errors(owner))
    assert back == there[::-1]
    assert list(itertools.chain(*there)) == [f"error {number}" for number in range(19, -1, -1)]
    assert left(shop) == failed[::-1]


def errors(person: Person) -> list[str]:
    return [label.split(" · ")[2] for label in labels(person) if " · " in label]


def test_times_are_those_of_the_admins_zone(shop: Shop, owner: Person, customer: Person) -> None:
    failed = fail(shop, customer)
    shop.tap(owner, "zone:Europe/Berlin")
    text = shop.tap(owner, f"a-fail:{failed}")
    assert "Received: Mar 29, 2026, 12:30" in text
    assert "Failed: Mar 29, 2026, 12:31" in text
    shop.tap(owner, "zone:")


@pytest.mark.parametrize(
    "error", ["", "\n", "<b>&lt;</i>", "x" * 8000, "😀" * 4000, "  first \nsecond", "{count} %s", "\x1b[2J"]
)
def test_any_error_is_shown_by_its_first_line(shop: Shop, owner: Person, customer: Person, error: str) -> None:
    failed = fail(shop, customer, SECRET, error)
    owner.ask("/failed")
    text = shop.push(owner, labels(owner)[0])
    assert f"No.: {failed}" in text
    assert len(text) < 1000
    assert "second" not in text
    assert SECRET not in text
    if error == "<b>&lt;</i>":
        assert error in text
    assert [failed] == left(shop)
    assert all(error.count("is kept") == 0 for error in news(shop, owner))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"callback_query": {"data": SECRET}}, "callback_query"),
        ({"<b>": SECRET}, "unknown"),
        ({SECRET: {}}, "unknown"),
        ([SECRET], "unknown"),
        (SECRET, "unknown"),
        (None, "unknown"),
        ({}, "unknown"),
    ],
)
def test_any_payload_has_a_kind(shop: Shop, owner: Person, content: Any, kind: str) -> None:
    failed = insert(shop, 0, content)
    text = shop.tap(owner, f"a-fail:{failed}")
    assert f"Kind: {kind}" in text
    assert SECRET not in text


def test_forged_ids_are_no_error(shop: Shop, owner: Person, customer: Person) -> None:
    failed = fail(shop, customer)
    most = 2**63 - 1
    for data in (f"a-fail:{most}", f"a-replay:{most}", f"a-drop:{most}:0", f"a-drop:{most}:1"):
        assert shop.tap(owner, data).startswith(GONE)
    assert shop.tap(owner, "a-replay-all:1").startswith("None of them is here any more")
    for data in (
        "a-failed:1:0",
        f"a-failed:{most}:1",
        "a-failed::1",
        "a-fail:0",
        "a-replay:-1",
        f"a-replay:{most + 1}",
    ):
        shop.tap(owner, data)
    assert left(shop) == [failed]


def test_nobody_else_replays_or_drops(shop: Shop, owner: Person, customer: Person) -> None:
    failed = fail(shop, customer)
    customer.ask("/start")
    for data in (f"a-replay:{failed}", f"a-replay-all:{failed}", f"a-drop:{failed}:1", f"a-fail:{failed}"):
        answer = customer.press_data(max(customer.seen), data, forged=True)
        assert answer["text"] == "This button is out of date. /help lists what I can do."
    assert left(shop) == [failed]
    assert news(shop, customer) == []
