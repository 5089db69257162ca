from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.formatting import from_bot, from_user, utf16_length


def found(text: str) -> list[tuple[str, str]]:
    """What is found, as (type, the part of the text)."""
    formatted = from_user(text)
    units = formatted.text.encode("utf-16-le")
    parts = [
        units[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le")
        for each in formatted.entities
    ]
    return [(each["type"], part) for each, part in zip(formatted.entities, parts, strict=True)]


@pytest.mark.parametrize(
    ("kind", "text", "parts"),
    [
        ("bot_command", "/start", ["/start"]),
        ("bot_command", "😀 /start@some_bot now", ["/start@some_bot"]),
        ("bot_command", "/a, /b. (/c)", ["/a", "/b", "/c"]),
        ("bot_command", "/", []),
        ("bot_command", "/a/b a/b //a </a> /а", []),
        ("bot_command", "/a@bc", []),
        ("bot_command", f"/a@{'b' * 33}", []),
        ("bot_command", f"/{'a' * 64}", [f"/{'a' * 64}"]),
        ("bot_command", f"/{'a' * 65}", []),
        ("mention", "@durov, (@name_1)", ["@durov", "@name_1"]),
        ("mention", "@gif @PIC @abc @ab", ["@gif", "@PIC"]),
        ("mention", f"a@durov @{'a' * 33} @имя @duroв", []),
        ("hashtag", "#tag #тег #1a", ["#tag", "#тег", "#1a"]),
        ("hashtag", "#1 #_ # a#b #a#b # ##c", ["#c"]),
        ("hashtag", f"#{'a' * 300}", [f"#{'a' * 256}"]),
        ("hashtag", "#a² #b-c", ["#a", "#b"]),
        ("cashtag", "$USD $1INCH", ["$USD", "$1INCH"]),
        ("cashtag", "$usd $$USD a$USD $USDx $ABCDEFGHI $USD$", []),
        ("phone_number", "call +79991234567 now", ["+79991234567"]),
        ("phone_number", "+1 (212) 555-0123", ["+1 (212) 555-0123"]),
        ("phone_number", "1+1234 +12 a+79991234567", []),
        ("email", "a.b+c@example.com, mailto:x@y.org", ["a.b+c@example.com", "x@y.org"]),
        ("email", "a@b a@b.c", []),
        ("url", "example.com", ["example.com"]),
        ("url", "see Example.COM/a?b=c#d.", ["Example.COM/a?b=c#d"]),
        ("url", "(https://a.bc/d_(e))", ["https://a.bc/d_(e)"]),
        ("url", "http://u:p@a.bc:80/x ftp://a.bc", ["http://u:p@a.bc:80/x", "ftp://a.bc"]),
        ("url", "a.com:99999/x", ["a.com"]),
        ("url", "first.Second one.Two 1.5 file.txt e.g. etc.", []),
        ("url", "1.2.3.4 256.1.1.1 1.2.3", ["1.2.3.4"]),
        ("url", "a_b.com c_d.e.com -a.com a-.com", ["c_d.e.com", "-a.com"]),
        ("url", "sftp://a.com abc://a.com #a.com", []),
        ("url", "http://localhost http://a.b", []),
        ("url", "пример.рф", ["пример.рф"]),
        ("url", "teiegram.org telegram.org", ["telegram.org"]),
        ("url", "tg://resolve?domain=a, ton://transfer/x", ["tg://resolve?domain=a", "ton://transfer/x"]),
        ("url", "t.me/name «a.com/b»", ["t.me/name", "a.com/b"]),
    ],
)
def test_what_is_found_in_a_text(kind: str, text: str, parts: list[str]) -> None:
    assert [part for each, part in found(text) if each == kind] == parts


def test_what_overlaps_is_found_once() -> None:
    assert found("https://t.me/@durov/#tag") == [("url", "https://t.me/@durov/#tag")]


def test_nothing_is_found_inside_of_code_or_of_a_link() -> None:
    formatted = from_bot("<code>/a</code> <a href='a.bc'>@name</a> <pre>#b</pre> <b>/c</b>", "HTML", None)
    assert [each["type"] for each in formatted.entities] == ["code", "text_link", "pre", "bot_command", "bold"]


def test_a_style_is_cut_where_an_address_ends() -> None:
    formatted = from_bot("<i>a example.com b</i>", "HTML", None)
    places = [(each["type"], each["offset"], each["length"]) for each in formatted.entities]
    assert places == [("italic", 0, 2), ("url", 2, 11), ("italic", 2, 11), ("italic", 13, 2)]


def test_formatting_a_person_types_stays_as_it_is() -> None:
    assert from_user(" <b>*a*</b>\t_ ").text == "<b>*a*</b> _"


@given(st.text(alphabet="/@#$.:+?()[]a1Zé😀 \n-_"))
def test_what_is_found_lies_in_the_text_and_does_not_overlap(text: str) -> None:
    formatted = from_user(text)
    position = 0
    for each in formatted.entities:
        assert each["offset"] >= position
        position = each["offset"] + each["length"]
    assert position <= utf16_length(formatted.text)


@pytest.mark.parametrize(
    "unit",
    [
        "@a",
        "a.b/",
        "a@b.zz/",
        "tg://a/",
        "http://a.bc/",
        "#a",
        "#",
        "$A",
        "1 ",
        "a.",
        "a@b.c'",
        "a.com/(",
        "a:b@",
        ".",
        "+1 ",
    ],
)
def test_hostile_input_takes_no_long_time(unit: str) -> None:
    began = time.process_time()
    from_user(unit * (32768 // len(unit)))
    assert time.process_time() - began < 2
