"""Whatever JSON holds, it is taken or refused as Telegram refuses things; nothing else ever goes wrong."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator import fields
from emulator.bot_api import reply_markup, sending
from emulator.bot_api.arguments import Arguments
from emulator.bot_api.methods import METHODS
from emulator.bot_api.parsing import parse, parse_body
from emulator.bot_api.schema import PUBLISHED, remarks
from emulator.chats import Chat
from emulator.errors import ApiError
from emulator.fields import WrongField
from emulator.formatting import utf16_length

SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text()
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)
#: What comes back as it was.
WIRED = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
CHATS = st.sampled_from([Chat(1, "private"), Chat(-1, "group")])

BUTTON_FIELDS = (
    *("text", "url", "callback_data", "callback_game", "pay", "switch_inline_query", "switch_inline_query_chosen_chat"),
    *("switch_inline_query_current_chat", "login_url", "web_app", "copy_text", "request_contact", "request_poll"),
)
ADDRESSES = st.sampled_from(
    ["https://a.org", "http://a", "tg://user?id=1", "ftp://x", "//", "http://[", "https://a:99999"]
)
BUTTONS = ANYTHING | st.fixed_dictionaries(
    {},
    optional={name: ANYTHING | ADDRESSES | st.just({"url": "http://a.org"}) for name in BUTTON_FIELDS},
)
ROWS = st.lists(st.lists(BUTTONS, max_size=4) | ANYTHING, max_size=4) | ANYTHING
MARKUPS = st.fixed_dictionaries(
    {},
    optional={
        "inline_keyboard": ROWS,
        "keyboard": ROWS,
        **dict.fromkeys(("remove_keyboard", "force_reply", "selective", "input_field_placeholder"), ANYTHING),
    },
)


@given(MARKUPS | ANYTHING, CHATS, st.booleans())
def test_any_keyboard_is_read_or_refused(markup: Any, chat: Chat, as_text: bool) -> None:
    given = json.dumps(markup) if as_text else markup
    with suppress(ApiError):
        read = reply_markup.read(Arguments({"reply_markup": given}))
        reply_markup.check(read, chat)
        for row in read.inline or []:
            assert 0 < len(row) <= reply_markup.LONGEST_ROW
            assert all(button["text"] for button in row)


@pytest.mark.parametrize(
    ("read", "kinds"),
    [
        (fields.text, str),
        (fields.integer, int),
        (fields.boolean, bool),
        (fields.array, list),
        (fields.json_object, dict),
    ],
)
@given(value=ANYTHING)
def test_any_field_is_of_its_type_or_refused(read: Any, kinds: type, value: Any) -> None:
    with suppress(WrongField):
        assert isinstance(read({"name": value}, "name"), kinds)


@given(st.integers(-(2**70), 2**70) | st.text(alphabet="0123456789-+ ._١"))
def test_an_integer_field_is_within_its_range(value: Any) -> None:
    with suppress(WrongField):
        assert -(2**31) <= fields.integer({"name": value}, "name") < 2**31


@given(ANYTHING, st.text(max_size=10), st.sampled_from(["", "HTML", "MarkdownV2", "Markdown", "none", "?"]))
def test_any_text_with_any_entities_is_read_or_refused(entities: Any, text: str, parse_mode: str) -> None:
    with suppress(ApiError):
        said = sending.formatted(
            Arguments({"text": text, "parse_mode": parse_mode, "entities": entities}), "text", "entities"
        )
        assert all(0 <= entity["offset"] < utf16_length(said.text) for entity in said.entities)


@given(st.binary() | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_any_body_holds_fields_or_is_refused(body: bytes) -> None:
    with suppress(ApiError):
        orjson.dumps(parse_body(body))


@given(st.dictionaries(st.text(), WIRED))
def test_a_body_that_is_cut_off_holds_what_came_before(values: Any) -> None:
    whole = json.dumps(values)
    found = parse_body(whole[:-1].encode())
    assert found == values


@pytest.mark.parametrize(("levels", "taken"), [(100, True), (101, False), (5000, False), (200_000, False)])
def test_what_is_nested_too_deeply_is_refused(levels: int, taken: bool) -> None:
    source = "[" * levels + "]" * levels
    if taken:
        assert parse(source)
    else:
        with pytest.raises(ValueError, match=r"depth limit exceeded|too deep"):
            parse(source)


@given(st.sampled_from(sorted(PUBLISHED)), st.data())
def test_any_call_can_be_remarked_upon(method: str, data: st.DataObject) -> None:
    names = st.sampled_from([*PUBLISHED[method], "unheard_of"])
    values = data.draw(st.dictionaries(names, ANYTHING | ANYTHING.map(json.dumps), max_size=4))
    assert all(isinstance(remark, str) for remark in remarks(method, Arguments(values)))


@given(ANYTHING)
def test_any_argument_has_a_text_a_number_and_a_truth(value: Any) -> None:
    arguments = Arguments({"name": value})
    assert isinstance(arguments.text("name"), str)
    assert -5 <= arguments.integer("name", least=-5, most=5) <= 5
    assert arguments.boolean("name") in (True, False)


def test_every_method_is_published() -> None:
    assert METHODS.keys() <= PUBLISHED.keys()
