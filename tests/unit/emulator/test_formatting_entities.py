from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import ApiError
from emulator.formatting import from_bot, from_user, utf16_length


def entity(kind: str, offset: Any, length: Any, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **fields}


def places(text: str, entities: list[Any]) -> list[tuple[str, int, int]]:
    formatted = from_bot(text, "", entities)
    return [(each["type"], each["offset"], each["length"]) for each in formatted.entities]


def refusal(source: str, parse_mode: str, entities: list[Any] | None) -> str:
    with pytest.raises(ApiError) as caught:
        from_bot(source, parse_mode, entities)
    assert caught.value.code == 400
    return caught.value.description


@pytest.mark.parametrize(
    ("text", "given_entities", "expected"),
    [
        ("abc", [entity("bold", 0, 1), entity("bold", 1, 1)], [("bold", 0, 2)]),
        (
            "abcdefghij",
            [entity("bold", 0, 10), entity("italic", 3, 2)],
            [("bold", 0, 3), ("bold", 3, 7), ("italic", 3, 2)],
        ),
        ("abcd", [entity("bold", 0, 3), entity("italic", 1, 3)], [("bold", 0, 1), ("italic", 1, 3), ("bold", 1, 2)]),
        ("abc", [entity("code", 0, 2), entity("pre", 1, 2)], [("code", 0, 2)]),
        ("abc", [entity("pre", 0, 3), entity("bold", 1, 1)], [("pre", 0, 3)]),
        ("abc", [entity("blockquote", 0, 2), entity("code", 1, 2)], [("blockquote", 0, 2)]),
        ("abc", [entity("blockquote", 0, 2), entity("code", 1, 1)], [("blockquote", 0, 2), ("code", 1, 1)]),
        ("abc", [entity("bold", "1", 1), entity("bold", 0, 0)], [("bold", 1, 1)]),
        ("abc", [entity("mention", 0, 2), entity("url", 0, 2)], []),
        ("  abc  ", [entity("bold", 2, 5)], [("bold", 0, 3)]),
        ("  abc", [entity("bold", 1, 2)], [("bold", 0, 2)]),
        ("a\r\u2028b\t", [entity("bold", 1, 3)], [("bold", 1, 1)]),
        ("a  b", [entity("bold", 1, 2), entity("code", 1, 1)], [("code", 1, 1)]),
        ("a\nb", [entity("blockquote", 0, 2)], [("blockquote", 0, 2)]),
    ],
)
def test_given_entities_are_put_in_order(
    text: str, given_entities: list[Any], expected: list[tuple[str, int, int]]
) -> None:
    assert places(text, given_entities) == expected


def test_what_an_entity_holds_is_kept() -> None:
    given_entities = [
        entity("pre", 0, 1, language="py"),
        entity("text_link", 1, 1, url="a.bc"),
        entity("text_mention", 2, 1, user={"id": 5, "first_name": "x"}),
        entity("custom_emoji", 3, 1, custom_emoji_id="7"),
    ]
    formatted = from_bot("abcd", "", given_entities)
    assert [list(each.values())[3] for each in formatted.entities] == ["py", "http://a.bc/", {"id": 5}, "7"]


@pytest.mark.parametrize(
    ("given_entity", "reason"),
    [
        (1, "can't parse MessageEntity: expected an Object"),
        ({"length": 1, "type": "bold"}, "can't parse MessageEntity: Can't find field \"offset\""),
        ({"offset": 1, "type": "bold"}, "can't parse MessageEntity: Can't find field \"length\""),
        ({"offset": 1, "length": 1}, "can't parse MessageEntity: Can't find field \"type\""),
        (entity("", 0, 1), "can't parse MessageEntity: Type is not specified"),
        (entity("huge", 0, 1), "can't parse MessageEntity: Unsupported type specified"),
        (entity("bold", None, 1), 'can\'t parse MessageEntity: Field "offset" must be of type Number'),
        (entity("bold", True, 1), 'can\'t parse MessageEntity: Field "offset" must be of type Number'),
        (entity("bold", "x", 1), "can't parse MessageEntity: Can't parse as an integer string \"x\""),
        (entity("text_link", 0, 1), "can't parse MessageEntity: Can't find field \"url\""),
        (entity("text_mention", 0, 1), "can't parse MessageEntity: Can't find field \"user\""),
        (entity("custom_emoji", 0, 1), "can't parse MessageEntity: Can't find field \"custom_emoji_id\""),
        (entity("text_link", 0, 1, url="b"), "entity URL 'b' is invalid: Wrong HTTP URL"),
        (entity("text_link", 0, 1, url="ftp://a.bc"), "entity URL 'ftp://a.bc' is invalid: Unsupported URL protocol"),
        (entity("text_link", 0, 1, url=""), "entity URL '' is invalid: URL host is empty"),
        (
            entity("text_link", 0, 1, url="a.bc:0"),
            "entity URL 'a.bc:0' is invalid: Wrong port number specified in the URL",
        ),
        (
            entity("text_link", 0, 1, url="http://[::x]/"),
            "entity URL 'http://[::x]/' is invalid: Wrong IPv6 address specified in the URL",
        ),
        (entity("custom_emoji", 0, 1, custom_emoji_id=0), "invalid custom emoji identifier specified"),
        (entity("bold", -1, 1), "receive an entity with incorrect offset -1"),
        (entity("bold", 0, 1000001), "receive an entity with incorrect length 1000001"),
        (entity("bold", 9, 1), "entity begins after the end of the text at UTF-16 offset 9"),
        (
            entity("bold", 1, 9),
            "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 10",
        ),
        (entity("bold", 2, 1), "entity begins in a middle of a UTF-16 symbol at byte offset 5"),
        (
            entity("bold", 0, 2),
            "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 5",
        ),
    ],
)
def test_a_wrong_entity_is_refused_in_telegrams_words(given_entity: Any, reason: str) -> None:
    assert refusal("a😀b", "", [given_entity]) == f"Bad Request: {reason}"


def test_a_parse_mode_wins_over_entities() -> None:
    formatted = from_bot("<b>a</b>", "hTmL", [1])
    assert (formatted.text, formatted.entities[0]["type"]) == ("a", "bold")


@pytest.mark.parametrize("parse_mode", ["", "None"])
def test_without_a_parse_mode_nothing_is_parsed(parse_mode: str) -> None:
    assert from_bot("<b>*a*</b>", parse_mode, None).text == "<b>*a*</b>"


def test_an_unknown_parse_mode_is_refused_unless_there_is_no_text() -> None:
    assert refusal("a", "bbcode", None) == "Bad Request: unsupported parse_mode"
    assert from_bot("", "bbcode", None).text == ""


def test_a_text_is_refused_for_its_size_before_it_is_parsed() -> None:
    assert refusal("<" * 32769, "HTML", None) == "Bad Request: text is too long"
    assert refusal("é" * 16385, "", None) == "Bad Request: text is too long"
    assert len(from_bot("é" * 16384, "", None).text) == 16384


def test_half_of_a_character_is_refused() -> None:
    assert refusal("\ud83d", "", None) == "Bad Request: strings must be encoded in UTF-8"


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (" \n a \n ", "a"),
        ("a\tb\x00c\x1fd", "a b c d"),
        ("a\r\nb", "a\nb"),
        ("a\u2028\u202e\u0333b", "ab"),
        ("a\u200e\u200f\u200eb", "a\u200c\u200c\u200eb"),
        ("a\u200e b", "a\u200e b"),
        ("\u00a0a\u00a0", "\u00a0a\u00a0"),
        ("\u00a0 \u200b\u2800", ""),
        (" \n\t", ""),
    ],
)
def test_a_text_is_cleaned_and_trimmed(typed: str, text: str) -> None:
    assert from_user(typed).text == text


def test_only_a_hundred_entities_are_kept_and_styles_go_first() -> None:
    given_entities = [entity(kind, 2 * number, 1) for number in range(100) for kind in ("code",)]
    given_entities += [entity("bold", 200 + 2 * number, 1) for number in range(20)]
    kept = places("x " * 150, given_entities)
    assert [kind for kind, _, _ in kept] == ["code"] * 100


ENTITIES = st.builds(
    entity,
    st.sampled_from(["bold", "italic", "code", "pre", "blockquote", "spoiler"]),
    st.integers(0, 12),
    st.integers(0, 12),
)


@given(st.text(alphabet="ab \n\r😀", max_size=12), st.lists(ENTITIES, max_size=6))
def test_entities_stay_within_the_text_and_in_order(text: str, given_entities: list[Any]) -> None:
    with suppress(ApiError):
        formatted = from_bot(text, "", given_entities)
        end = utf16_length(formatted.text)
        assert all(0 < each["length"] <= end - each["offset"] for each in formatted.entities)
        order = [(each["offset"], -each["length"]) for each in formatted.entities]
        assert order == sorted(order)


@given(st.text(alphabet="ab \n😀", min_size=1, max_size=12), st.lists(ENTITIES, max_size=6))
def test_a_text_that_went_through_once_stays_the_same(text: str, given_entities: list[Any]) -> None:
    with suppress(ApiError):
        once = from_bot(text, "", given_entities)
        assert from_bot(once.text, "", once.entities) == once
