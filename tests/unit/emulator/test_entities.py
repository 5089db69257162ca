from __future__ import annotations

from contextlib import suppress
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.entities import parse_html, utf16_length
from emulator.errors import ApiError


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("a &lt;b&gt; &amp;amp; &quot;c&quot; &#128512; &nbsp;", 'a <b> &amp; "c" 😀 &nbsp;', []),
        ("<b>bold</b> text", "bold text", [("bold", 0, 4)]),
        ("😀<i>x</i>", "😀x", [("italic", 2, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<STRONG>a</strong>", "a", [("bold", 0, 1)]),
        ("<b></b>a", "a", []),
    ],
)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    parsed, found = parse_html(source)
    assert parsed == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == entities


def test_a_link_keeps_its_address() -> None:
    _, found = parse_html('<a href="https://example.org/?a=1&amp;b=2">here</a>')
    assert found == [{"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org/?a=1&b=2"}]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("I <3 you", 'Unsupported start tag "3" at byte offset 2'),
        ("é<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
    ],
)
def test_what_telegram_refuses_is_refused_in_its_words(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_html(source)
    assert caught.value.code == 400
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


@given(st.text())
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert parse_html(escape(text, quote=False)) == (text, [])


@given(st.text(alphabet="<>/bi&;lt ap#1'\"=é😀"))
def test_any_input_is_parsed_or_refused(source: str) -> None:
    with suppress(ApiError):
        text, entities = parse_html(source)
        assert all(entity["offset"] + entity["length"] <= utf16_length(text) for entity in entities)
