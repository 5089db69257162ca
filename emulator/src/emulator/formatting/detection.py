"""What Telegram finds in a text by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emulator.formatting.spans import Span, in_order, utf16_places
from emulator.formatting.web_addresses import find_own_links, find_web_addresses

Found = tuple[int, int, str]

_HINT = re.compile(r"[/@#$+]|\.\S")
# \w has numerals such as ² and ½ too, a tag does not
_NUMERALS = "²³¹¼-¾⁰-₉⅐-↋①-⒛⓪-⓿❶-➓"
_TAG_SIGNS = "\u200c\u00b7\u0d80-\u0dff"
_TAG_CHARACTER = rf"(?:[^\W{_NUMERALS}]|[{_TAG_SIGNS}])"
_NOT_AFTER_TAG = rf"(?<![^\W{_NUMERALS}])(?<![{_TAG_SIGNS}])"
_MENTION = re.compile(r"(?<!\w)@([A-Za-z0-9_]{2,32}+)(?!\w)")
_SHORT_NAMES = frozenset({"gif", "vid", "pic"})
_SHORTEST_NAME = 4
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}+(?:@[A-Za-z0-9_]{3,32}+(?![\w/<>])|(?![\w/<>@]))")
_HASHTAG = re.compile(rf"{_NOT_AFTER_TAG}(#{_TAG_CHARACTER}{{1,256}}+){_TAG_CHARACTER}*+(?!#)")
_CASHTAG = re.compile(rf"{_NOT_AFTER_TAG}(?<!\$)\$(?:1INCH|[A-Z]{{1,8}})(?!\$|{_TAG_CHARACTER})")
# Telegram does not tell its own rule: this one asks for the plus
_PHONE = re.compile(
    r"(?<![\w+])\+(?:[0-9]{7,15}+|[0-9]{1,3}(?:[ -]?\([0-9]{2,4}\)|[ -][0-9]{2,4}){2,4}+)(?!\w)", re.ASCII
)


def detected_spans(text: str) -> list[Span]:
    """None of them overlaps another: the first and the longest stay."""
    if not _HINT.search(text):
        return []
    found = [Span(start, end, kind) for start, end, kind in _found(text)]
    return _in_utf16(text, _apart(in_order(found)))


def _found(text: str) -> Iterator[Found]:
    if "@" in text:
        yield from _find_mentions(text)
    if "/" in text:
        yield from ((*match.span(), "bot_command") for match in _COMMAND.finditer(text))
    if "#" in text:
        yield from _find_hashtags(text)
    if "$" in text:
        yield from ((*match.span(), "cashtag") for match in _CASHTAG.finditer(text))
    if "+" in text:
        yield from ((*match.span(), "phone_number") for match in _PHONE.finditer(text))
    if "://" in text:
        yield from find_own_links(text)
    if "." in text:
        yield from find_web_addresses(text)


def _find_mentions(text: str) -> Iterator[Found]:
    for match in _MENTION.finditer(text):
        if len(match[1]) >= _SHORTEST_NAME or match[1].lower() in _SHORT_NAMES:
            yield *match.span(), "mention"


def _find_hashtags(text: str) -> Iterator[Found]:
    for match in _HASHTAG.finditer(text):
        if any(character.isalpha() for character in match[1]):
            yield *match.span(1), "hashtag"


def _apart(ordered: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in ordered:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _in_utf16(text: str, spans: list[Span]) -> list[Span]:
    places = iter(utf16_places(text, [border for span in spans for border in (span.start, span.end)]))
    return [span.moved(start, end) for span, start, end in zip(spans, places, places, strict=True)]
