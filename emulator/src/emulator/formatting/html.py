"""parse_mode HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from emulator.formatting.html_references import decode_reference
from emulator.formatting.html_tags import Tag, read_end_tag, read_start_tag
from emulator.formatting.links import emoji_identifier, link_details
from emulator.formatting.refusals import cannot_parse, cannot_parse_at
from emulator.formatting.spans import Span
from emulator.formatting.writing import Written

_KINDS = {
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
    "span": "spoiler",
}
_SPECIAL = re.compile("[<&]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_html(source: str) -> tuple[str, list[Span]]:
    return _Parser(source).parse()


@dataclass(slots=True)
class _Open:
    tag: Tag
    start: int
    mark: int


@dataclass(slots=True)
class _Parser:
    source: str
    position: int = 0
    written: Written = field(default_factory=Written)
    opened: list[_Open] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def parse(self) -> tuple[str, list[Span]]:
        while special := _SPECIAL.search(self.source, self.position):
            self._add_until(special.start())
            self._read_special()
        self._add_until(len(self.source))
        if self.opened:
            name = self.opened[-1].tag.name
            raise cannot_parse(f'Can\'t find end tag corresponding to start tag "{name}"')
        return self._text(), [_without_language_of_code(span) for span in self.spans]

    def _text(self) -> str:
        text = self.written.text()
        if _SURROGATE.search(text):
            raise cannot_parse(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return text

    def _add_until(self, end: int) -> None:
        if end > self.position:
            self.written.add(self.source[self.position : end])
            self.position = end

    def _read_special(self) -> None:
        if self.source[self.position] == "&":
            character, self.position = decode_reference(self.source, self.position)
            self.written.add(character)
        elif self.source.startswith("</", self.position):
            self._close()
        else:
            tag, self.position = read_start_tag(self.source, self.position)
            self.opened.append(_Open(tag, self.written.length, self.written.mark()))

    def _close(self) -> None:
        begin = self.position
        if not self.opened:
            raise cannot_parse_at(self.source, begin, "Unexpected end tag")
        name, self.position = read_end_tag(self.source, begin)
        closed = self.opened.pop()
        if name not in ("", closed.tag.name):
            expected = f', expected "</{closed.tag.name}>", found "</{name}>"'
            raise cannot_parse_at(self.source, begin, "Unmatched end tag", expected)
        if self.written.length > closed.start:
            self._add_span(closed)

    def _add_span(self, closed: _Open) -> None:
        name, argument = closed.tag.name, closed.tag.argument
        if name == "a":
            self._add_link(closed)
        elif name == "tg-emoji":
            self._emit(closed, "custom_emoji", {"custom_emoji_id": emoji_identifier(argument)})
        elif name in ("pre", "code"):
            self._add_verbatim(closed)
        elif name == "blockquote":
            self._emit(closed, "expandable_blockquote" if argument else "blockquote")
        else:
            self._emit(closed, _KINDS[name])

    def _add_link(self, closed: _Open) -> None:
        details = link_details(closed.tag.argument or self.written.since(closed.mark))
        if details:
            self._emit(closed, "text_mention" if "user" in details else "text_link", details)

    def _add_verbatim(self, closed: _Open) -> None:
        language = self._language_of_both(closed)
        if language:
            self.spans.pop()
            self._emit(closed, "pre", {"language": language})
        else:
            argument = closed.tag.argument
            self._emit(closed, closed.tag.name, {"language": argument} if argument else {})

    def _language_of_both(self, closed: _Open) -> str:
        """A pre and a code of the same text are one pre, with the language of the code."""
        last = self.spans[-1] if self.spans else None
        if not last or (last.start, last.end) != (closed.start, self.written.length):
            return ""
        inner = str(last.details.get("language", ""))
        match closed.tag.name, last.kind:
            case "pre", "code":
                return inner
            case "code", "pre" if not inner:
                return closed.tag.argument
        return ""

    def _emit(self, closed: _Open, kind: str, details: dict[str, Any] | None = None) -> None:
        self.spans.append(Span(closed.start, self.written.length, kind, details or {}))


def _without_language_of_code(span: Span) -> Span:
    return Span(span.start, span.end, "code") if span.kind == "code" else span
