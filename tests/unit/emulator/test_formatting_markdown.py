from __future__ import annotations

import time
from contextlib import suppress
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import ApiError
from emulator.formatting import FormattedText, from_bot, utf16_length

RESERVED = "_*[]()~`>#+-=|{}.!\\"
LINK = "http://a.bc/"


def brief(formatted: FormattedText) -> list[tuple[Any, ...]]:
    """Each entity as (type, offset, length, what else there is)."""
    fields = [dict(entity) for entity in formatted.entities]
    return [(each.pop("type"), each.pop("offset"), each.pop("length"), *each.values()) for each in fields]


def refusal(source: str, parse_mode: str) -> str:
    with pytest.raises(ApiError) as caught:
        from_bot(source, parse_mode, None)
    assert caught.value.code == 400
    return caught.value.description


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("*a*", "a", [("bold", 0, 1)]),
        ("_a_", "a", [("italic", 0, 1)]),
        ("__a__", "a", [("underline", 0, 1)]),
        ("~a~", "a", [("strikethrough", 0, 1)]),
        ("||a||", "a", [("spoiler", 0, 1)]),
        ("`a`", "a", [("code", 0, 1)]),
        ("😀*x*", "😀x", [("bold", 2, 1)]),
        ("___a_ b__", "a b", [("underline", 0, 3), ("italic", 0, 1)]),
        ("*a _b_ c*", "a b c", [("bold", 0, 2), ("bold", 2, 3), ("italic", 2, 1)]),
        ("*a `b` c*", "a b c", [("bold", 0, 2), ("code", 2, 1), ("bold", 3, 2)]),
        ("**a", "a", []),
        ("\\*a\\_ \\\\ \\a", "*a_ \\ a", []),
        ("a \\é", "a \\é", []),
        ("a\\", "a\\", []),
        ("`a*b_[\\``", "a*b_[`", [("code", 0, 6)]),
        ("```\na\n```", "a", [("pre", 0, 1)]),
        ("```py\na\n```", "a", [("pre", 0, 1, "py")]),
        ("```py```", "py", [("pre", 0, 2)]),
        ("```py\r\na```", "a", [("pre", 0, 1, "py")]),
        ("[a](a.bc)", "a", [("text_link", 0, 1, LINK)]),
        ("[a](a\\.bc/\\))", "a", [("text_link", 0, 1, "http://a.bc/)")]),
        ("[a\\.bc]", "a.bc", [("text_link", 0, 4, LINK)]),
        ("[a](b)", "a", []),
        ("[](a.bc)x", "x", []),
        ("[*a*](a.bc)", "a", [("text_link", 0, 1, LINK), ("bold", 0, 1)]),
        ("[a](tg://user?id=7)", "a", [("text_mention", 0, 1, {"id": 7})]),
        ("![👍](tg://emoji?id=5)", "👍", [("custom_emoji", 0, 2, "5")]),
        (">a", "a", [("blockquote", 0, 1)]),
        (">a\n>b\nc", "a\nb\nc", [("blockquote", 0, 4)]),
        ("x\n>a\ny", "x\na\ny", [("blockquote", 2, 2)]),
        (">a\n\n>b", "a\n\nb", [("blockquote", 0, 2), ("blockquote", 3, 1)]),
        (">a||", "a", [("expandable_blockquote", 0, 1)]),
        (">a\n>b||\nc", "a\nb\nc", [("expandable_blockquote", 0, 4)]),
        (
            ">asd\n>q||e||w||\nasdad",
            "asd\nqew\nasdad",
            [("expandable_blockquote", 0, 8), ("spoiler", 5, 1)],
        ),
        (">asd\n>q||ew||\nasdad", "asd\nqew\nasdad", [("blockquote", 0, 8), ("spoiler", 5, 2)]),
        (">||", "", []),
        (">*b\n>ld*", "b\nld", [("blockquote", 0, 4), ("bold", 0, 4)]),
        ("x\n**>2", "x\n2", [("blockquote", 2, 1)]),
        ("```🏟 🏟```", " 🏟", [("pre", 0, 3, "🏟")]),
        ("``____**``````x", "x", []),
        ("[telegram\\.org]a", "telegram.orga", [("text_link", 0, 12, "http://telegram.org/")]),
        (">||a||", "a", [("blockquote", 0, 1), ("spoiler", 0, 1)]),
        ("*>a\n*x", "a\nx", [("blockquote", 0, 2), ("bold", 0, 2)]),
        (">`a\nb`", "a\nb", [("blockquote", 0, 3), ("code", 0, 3)]),
    ],
)
def test_markdown_v2_becomes_text_and_entities(source: str, text: str, entities: list[tuple[Any, ...]]) -> None:
    formatted = from_bot(source, "MarkdownV2", None)
    assert formatted.text == text
    assert brief(formatted) == entities


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        *(
            (f"a{character}", f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
            for character in "])>#+-=|{}.!("
        ),
        ("a >b", "Character '>' is reserved and must be escaped with the preceding '\\'"),
        ("é*a", "Can't find end of Bold entity at byte offset 2"),
        ("_a", "Can't find end of Italic entity at byte offset 0"),
        ("__a_", "Can't find end of Italic entity at byte offset 3"),
        ("__a", "Can't find end of Underline entity at byte offset 0"),
        ("~a", "Can't find end of Strikethrough entity at byte offset 0"),
        ("a||b", "Can't find end of Spoiler entity at byte offset 1"),
        ("`a", "Can't find end of Code entity at byte offset 0"),
        ("```a", "Can't find end of Pre entity at byte offset 0"),
        ("```py\na", "Can't find end of PreCode entity at byte offset 0"),
        ("```a`", "Can't find end of Code entity at byte offset 4"),
        ("*[a*", "Can't find end of Bold entity at byte offset 3"),
        ("[a", "Can't find end of TextUrl entity at byte offset 0"),
        ("[a](b", "Can't find end of a URL at byte offset 4"),
        ("[a](b\\)", "Can't find end of a URL at byte offset 4"),
        ("![a", "Can't find end of CustomEmoji entity at byte offset 0"),
        ("![a]", "Custom emoji entity must contain a tg://emoji URL"),
        ("![a](b", "Can't find end of a custom emoji URL at byte offset 5"),
        ("![a](http://emoji?id=5)", "Custom emoji URL must have scheme tg"),
        ("![a](tg://user?id=5)", 'Custom emoji URL must have host "emoji"'),
        ("![a](tg://emoji)", "Custom emoji URL must have an emoji identifier"),
        ("![a](tg://emoji?x=5)", "Custom emoji URL must have an emoji identifier"),
        ("![a](tg://emoji?id=025)", "Invalid custom emoji identifier specified"),
        (">\n*a*>2", "Character '>' is reserved and must be escaped with the preceding '\\'"),
        (">asd\n>q||e||w||\n||asdad", "Can't find end of Spoiler entity at byte offset 16"),
        (">*a\nb*", "Can't find end of Bold entity at byte offset 1"),
        (">*a", "Can't find end of Bold entity at byte offset 1"),
        (">||a\nb", "Can't find end of Spoiler entity at byte offset 1"),
    ],
)
def test_markdown_v2_is_refused_in_telegrams_words(source: str, reason: str) -> None:
    assert refusal(source, "MarkdownV2") == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain. (a) ]", "plain. (a) ]", []),
        ("*a* _b_ `c`", "a b c", [("bold", 0, 1), ("italic", 2, 1), ("code", 4, 1)]),
        ("*a_b*", "a_b", [("bold", 0, 3)]),
        ("\\*a\\_ \\b \\`\\[", "*a_ \\b `[", []),
        ("_a\\_", "a\\", [("italic", 0, 2)]),
        ("__a", "a", []),
        ("```py\na```", "a", [("pre", 0, 1, "py")]),
        ("```\na```", "a", [("pre", 0, 1)]),
        ("[a](a.bc)", "a", [("text_link", 0, 1, LINK)]),
        ("[a.bc]", "a.bc", [("text_link", 0, 4, LINK)]),
        ("[a](b)c", "ac", []),
        ("[a](a.bc", "a", [("text_link", 0, 1, LINK)]),
        ("[](b)", "(b)", []),
        ("[a](tg://user?id=7)", "a", [("text_mention", 0, 1, {"id": 7})]),
    ],
)
def test_legacy_markdown_becomes_text_and_entities(source: str, text: str, entities: list[tuple[Any, ...]]) -> None:
    formatted = from_bot(source, "markdown", None)
    assert formatted.text == text
    assert brief(formatted) == entities


@pytest.mark.parametrize(("source", "offset"), [("é*a", 2), ("_a", 0), ("a `b", 2), ("```a``", 0), ("[a", 0)])
def test_legacy_markdown_without_an_end_is_refused(source: str, offset: int) -> None:
    reason = f"Can't find end of the entity starting at byte offset {offset}"
    assert refusal(source, "Markdown") == f"Bad Request: can't parse entities: {reason}"


@given(st.text(alphabet=f"{RESERVED}aé😀"))
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    escaped = "".join(f"\\{each}" if each in RESERVED else each for each in text)
    assert from_bot(escaped, "MarkdownV2", None).text == text


@given(st.text(alphabet="_*[]()`\\~|>!\na é😀"), st.sampled_from(["markdown", "markdownv2"]))
def test_any_input_is_parsed_or_refused(source: str, parse_mode: str) -> None:
    with suppress(ApiError):
        formatted = from_bot(source, parse_mode, None)
        end = utf16_length(formatted.text)
        assert all(0 < each["length"] <= end - each["offset"] for each in formatted.entities)


@given(st.lists(st.sampled_from(["*", "_", "__", "~", "||", "`", "\n>", "[", "](a.bc)", "x", " ", "😀"])))
def test_entities_nest_properly(parts: list[str]) -> None:
    with suppress(ApiError):
        entities = from_bot("".join(parts), "MarkdownV2", None).entities
        ranges = [(each["offset"], each["offset"] + each["length"]) for each in entities]
        for (start, end), (later, last) in combinations(ranges, 2):
            assert start <= later
            assert later >= end or last <= end


@pytest.mark.parametrize("parse_mode", ["markdown", "markdownv2"])
@pytest.mark.parametrize(
    "source",
    ["_" * 32768, "*" * 32768, "[a" * 16384, "[a" * 10000 + "]" * 10000, "`" * 32768, "||" * 16384, ">a\n" * 10922],
    ids=lambda source: source[:3],
)
def test_hostile_input_takes_no_long_time(source: str, parse_mode: str) -> None:
    began = time.process_time()
    with suppress(ApiError):
        from_bot(source, parse_mode, None)
    assert time.process_time() - began < 2
