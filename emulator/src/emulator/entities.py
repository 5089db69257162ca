"""Telegram's HTML mode: text and entities, or the error that Telegram would answer."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from emulator.errors import ApiError, bad_request

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
}
_REFERENCE = re.compile(r"&(lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});")
_END_TAG = re.compile(r"</([^>]*)(>?)")
_START_TAG = re.compile(r"<([^\s>]*)([^>]*)(>?)")
_HREF = re.compile(r"""\s+href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


@dataclass(frozen=True, slots=True)
class _OpenTag:
    name: str
    attributes: str
    offset: int


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without its tags, and its entities in UTF-16 units. Raises ApiError 400."""
    text: list[str] = []
    length = 0  # of the text so far, in UTF-16 units
    entities: list[dict[str, Any]] = []
    opened: list[_OpenTag] = []
    position = 0
    while position < len(source):
        if source.startswith("</", position):
            tag = _END_TAG.match(source, position)
            assert tag is not None
            entities += _close(source, tag, opened, length)
            position = tag.end()
        elif source[position] == "<":
            tag = _START_TAG.match(source, position)
            assert tag is not None
            opened.append(_open(source, tag, length))
            position = tag.end()
        else:
            reference = _REFERENCE.match(source, position)
            piece = html.unescape(reference[0]) if reference else source[position]
            position = reference.end() if reference else position + 1
            text.append(piece)
            length += utf16_length(piece)
    if opened:
        raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{opened[-1].name}"')
    return "".join(text), sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def utf16_length(text: str) -> int:
    """How Telegram counts: a character beyond U+FFFF is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def _open(source: str, tag: re.Match[str], length: int) -> _OpenTag:
    place = f"at byte offset {_byte_offset(source, tag.start())}"
    name = tag[1].lower()
    if tag.end(1) < len(source) and name not in _TYPES:
        raise _cannot_parse(f'Unsupported start tag "{name}" {place}')
    if not tag[3]:
        raise _cannot_parse(f"Unclosed start tag {place}")
    return _OpenTag(name, tag[2], length)


def _close(source: str, tag: re.Match[str], opened: list[_OpenTag], length: int) -> list[dict[str, Any]]:
    offset = _byte_offset(source, tag.start())
    if not opened:
        raise _cannot_parse(f"Unexpected end tag at byte offset {offset}")
    if not tag[2]:
        raise _cannot_parse(f"Unclosed end tag at byte offset {offset}")
    start = opened.pop()
    found = tag[1].strip().lower()
    if found and found != start.name:
        raise _cannot_parse(
            f'Unmatched end tag at byte offset {offset}, expected "</{start.name}>", found "</{found}>"'
        )
    if length == start.offset:
        return []
    entity: dict[str, Any] = {"type": _TYPES[start.name], "offset": start.offset, "length": length - start.offset}
    if start.name != "a":
        return [entity]
    href = _HREF.search(start.attributes)
    if href is None:
        return []
    return [entity | {"url": html.unescape(href[1] or href[2] or href[3] or "")}]


def _byte_offset(source: str, position: int) -> int:
    return len(source[:position].encode())


def _cannot_parse(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")
