from __future__ import annotations

import time
from contextlib import suppress
from html import escape
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import ApiError
from emulator.formatting import FormattedText, from_bot, utf16_length

LETTERS = st.text(alphabet=st.characters(categories=("L", "N"), exclude_characters="\u0e33")).map(str.strip)


def html(source: str) -> FormattedText:
    return from_bot(source, "HTML", None)


def brief(formatted: FormattedText) -> list[tuple[Any, ...]]:
    """Each entity as (type, offset, length, what else there is)."""
    fields = [dict(entity) for entity in formatted.entities]
    return [(each.pop("type"), each.pop("offset"), each.pop("length"), *each.values()) for each in fields]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("a &lt;b&gt; &amp;amp; &quot;c&quot; &#128512; &nbsp;", 'a <b> &amp; "c" 😀 &nbsp;', []),
        ("a > b", "a > b", []),
        ("&lt x &ltb &LT; &#60 &#x3C; &#X; & &", "< x &ltb &LT; < < &#X; & &", [("hashtag", 19, 2)]),
        ("&#0; &#1114111; &#00000000065;", "&#0; &#1114111; &#00000000065;", []),
        ("<b>bold</b> text", "bold text", [("bold", 0, 4)]),
        ("<STRONG>a</strong>", "a", [("bold", 0, 1)]),
        ("<i>a</i> <em>b</em>", "a b", [("italic", 0, 1), ("italic", 2, 1)]),
        ("<u>a</u> <ins>b</ins>", "a b", [("underline", 0, 1), ("underline", 2, 1)]),
        (
            "<s>a</s> <strike>b</strike> <del>c</del>",
            "a b c",
            [("strikethrough", 0, 1), ("strikethrough", 2, 1), ("strikethrough", 4, 1)],
        ),
        (
            "<tg-spoiler>a</tg-spoiler> <span class='tg-spoiler'>b</span>",
            "a b",
            [("spoiler", 0, 1), ("spoiler", 2, 1)],
        ),
        ("😀<i>x</i>", "😀x", [("italic", 2, 1)]),
        ("<b></b>a", "a", []),
        ("<b>a</>b", "ab", [("bold", 0, 1)]),
        ("<b >a</b >", "a", [("bold", 0, 1)]),
        ('<b foo="1"bar x=y.z>a</b>', "a", [("bold", 0, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 1), ("bold", 1, 1), ("italic", 1, 1)]),
        ("<b><i>a</i></b>", "a", [("bold", 0, 1), ("italic", 0, 1)]),
        ("<b>a<b>b</b></b>", "ab", [("bold", 0, 2)]),
        ("<b>a</b><b>b</b>", "ab", [("bold", 0, 2)]),
        ("<b>a<code>b</code>c</b>", "abc", [("bold", 0, 1), ("code", 1, 1), ("bold", 2, 1)]),
        ("<a href='example.com'>x</a>", "x", [("text_link", 0, 1, "http://example.com/")]),
        ("<a href='HTTPS://EXAMPLE.com/A b'>x</a>", "x", [("text_link", 0, 1, "https://example.com/A%20b")]),
        ("<a href='tg://resolve?domain=x'>x</a>", "x", [("text_link", 0, 1, "tg://resolve?domain=x")]),
        ("<a href='http://localhost'>x</a>", "x", []),
        ("<a href='ftp://example.com'>x</a>", "x", []),
        ("<a>https://example.com</a>", "https://example.com", [("text_link", 0, 19, "https://example.com/")]),
        ("<a href='tg://user?id=42'>x</a>", "x", [("text_mention", 0, 1, {"id": 42})]),
        ("<a href='tg://user?id=042'>x</a>", "x", [("text_link", 0, 1, "tg://user?id=042")]),
        ("<b>x<a href='a.bc'>y</a></b>", "xy", [("bold", 0, 1), ("text_link", 1, 1, "http://a.bc/"), ("bold", 1, 1)]),
        (
            '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>',
            "👍",
            [("custom_emoji", 0, 2, "5368324170671202286")],
        ),
        ('<tg-emoji emoji-id="x"></tg-emoji>a', "a", []),
        ("<code>a.com @name</code>", "a.com @name", [("code", 0, 11)]),
        ("<code class=language-py>a</code>", "a", [("code", 0, 1)]),
        ("<pre>a</pre>", "a", [("pre", 0, 1)]),
        ("<pre language='py'>a</pre>", "a", [("pre", 0, 1)]),
        ("<pre><code class='language-py'>a</code></pre>", "a", [("pre", 0, 1, "py")]),
        ("<code class='language-py'><pre>a</pre></code>", "a", [("pre", 0, 1, "py")]),
        ("<pre>a<code class='language-py'>b</code></pre>", "ab", [("pre", 0, 2)]),
        ("<pre><code>x</code></pre>", "x", [("pre", 0, 1)]),
        ("<a>telegram.org </a>.", "telegram.org .", [("url", 0, 12)]),
        ("&ge;&lt;&gt;&amp;&quot;&laquo;&#12345678;", '&ge;<>&"&laquo;&#12345678;', []),
        ("<blockquote>a\nb</blockquote>", "a\nb", [("blockquote", 0, 3)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("<blockquote><blockquote>a</blockquote>b</blockquote>", "ab", [("blockquote", 0, 2)]),
        ("  <b> a </b>  ", " a", [("bold", 0, 2)]),
        (" <b> </b> ", "", []),
        ("<b>a </b>.", "a .", [("bold", 0, 2)]),
        ("", "", []),
    ],
)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[tuple[Any, ...]]) -> None:
    formatted = html(source)
    assert formatted.text == text
    assert brief(formatted) == entities


def test_a_link_keeps_its_address_and_its_fields_their_order() -> None:
    [entity] = html('<a href="https://example.org/?a=1&amp;b=2">here</a>').entities
    assert list(entity.items()) == [
        ("offset", 0),
        ("length", 4),
        ("type", "text_link"),
        ("url", "https://example.org/?a=1&b=2"),
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("🏟 🏟&lt;<abacaba", "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i aba>", 'Can\'t find end tag corresponding to start tag "i"'),
        ("🏟 🏟&lt;<i    aba  =   ", 'Unclosed start tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        ('🏟 🏟&lt;<i aba="&lt;>', "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"),
        ("🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
        ("🏟 🏟&lt;<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("I <3 you", 'Unsupported start tag "3" at byte offset 2'),
        ("é<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("<BR/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<", "Unclosed start tag at byte offset 0"),
        ("<b />", 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<b ", 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<b x", 'Unclosed start tag "b" at byte offset 0'),
        ("<b x=", 'Unclosed start tag "b" at byte offset 0'),
        ("<b x='", "Unclosed start tag at byte offset 0"),
        ("<b x=''", "Unclosed start tag at byte offset 0"),
        ("<a href=http://x.com>a</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<span class='x'>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<b>a</b x>", "Unclosed end tag at byte offset 4"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a</STRONG>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</strong>"'),
        ("<b>a<i>", 'Can\'t find end tag corresponding to start tag "i"'),
        ("<tg-emoji emoji-id='x'>a</tg-emoji>", "Invalid custom emoji identifier specified"),
        ("<tg-emoji>a</tg-emoji>", "Invalid custom emoji identifier specified"),
        (
            "&#xD83D;",
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units",
        ),
    ],
)
def test_what_telegram_refuses_is_refused_in_its_words(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        html(source)
    assert caught.value.code == 400
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


@given(LETTERS, st.sampled_from(["<", ">", "&", '"', "&amp;", "<b>", "&#65;"]), LETTERS)
def test_escaped_text_comes_back_as_it_was(before: str, special: str, after: str) -> None:
    text = f"{before}{special}{after}"
    assert html(escape(text, quote=False)).text == text


@given(st.text(alphabet="<>/bi&;lt ap#1'\"=é😀\n"))
def test_any_input_is_parsed_or_refused(source: str) -> None:
    with suppress(ApiError):
        formatted = html(source)
        end = utf16_length(formatted.text)
        assert all(0 < each["length"] <= end - each["offset"] for each in formatted.entities)


@given(
    st.lists(st.sampled_from(["<b>", "<i>", "<u>", "<code>", "<blockquote>", "<a href='a.bc'>", "</>", "x", " ", "😀"]))
)
def test_entities_nest_properly(parts: list[str]) -> None:
    with suppress(ApiError):
        entities = html("".join(parts)).entities
        ranges = [(each["offset"], each["offset"] + each["length"]) for each in entities]
        for (start, end), (later, last) in combinations(ranges, 2):
            assert start <= later
            assert later >= end or last <= end


@pytest.mark.parametrize(
    "source",
    [
        "<" * 32768,
        "&" * 32768,
        "&#1" * 10922,
        "<b>" * 10922,
        "<a>x" * 4096 + "</a>" * 4096,
        "<pre><code>" * 1300 + "x" + "</code></pre>" * 1300,
        "<b>x<i>y</i>" * 1700 + "</b>" * 1700,
    ],
    ids=lambda source: source[:12],
)
def test_hostile_input_takes_no_long_time(source: str) -> None:
    began = time.process_time()
    with suppress(ApiError):
        html(source)
    assert time.process_time() - began < 2
