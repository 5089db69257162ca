"""The marks of MarkdownV2: what opens what, and what closes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from emulator.formatting.spans import QUOTES, VERBATIM

QUOTE = "blockquote"
_TYPE_NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    QUOTE: "BlockQuote",
}
_OPENED_BY = {
    "__": "underline",
    "_": "italic",
    "*": "bold",
    "~": "strikethrough",
    "||": "spoiler",
    "[": "text_link",
    "```": "pre",
    "`": "code",
    "![": "custom_emoji",
}
_OPENING = re.compile(r"__|_|\*|~|\|\||!?\[|```|`")
_CLOSING = {
    "bold": re.compile(r"\*"),
    "italic": re.compile("_(?!_)"),
    "underline": re.compile("__"),
    "strikethrough": re.compile("~"),
    "spoiler": re.compile(r"\|\|"),
    "code": re.compile("`"),
    "pre": re.compile("```"),
    "text_link": re.compile("]"),
    "custom_emoji": re.compile("]"),
}


@dataclass(frozen=True, slots=True)
class Open:
    """`begin` is the mark's place in the source, `start` that of the entity in the text, in UTF-16 units."""

    kind: str
    begin: int
    start: int
    written: int
    language: str = ""

    @property
    def verbatim(self) -> bool:
        return self.kind in VERBATIM

    @property
    def quote(self) -> bool:
        return self.kind in QUOTES

    @property
    def type_name(self) -> str:
        if self.kind == "pre":
            return "PreCode" if self.language else "Pre"
        return _TYPE_NAMES[self.kind]

    def closing_mark(self, source: str, position: int) -> str:
        match = None if self.quote else _CLOSING[self.kind].match(source, position)
        return match[0] if match else ""


def opening_mark(source: str, position: int) -> tuple[str, str]:
    """The kind of what opens here, and its mark; empty if nothing does."""
    match = _OPENING.match(source, position)
    return (_OPENED_BY[match[0]], match[0]) if match else ("", "")
