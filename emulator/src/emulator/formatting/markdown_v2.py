"""parse_mode MarkdownV2."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from emulator.errors import ApiError
from emulator.formatting.links import emoji_of_link, link_details
from emulator.formatting.markdown_parts import read_fence
from emulator.formatting.markdown_v2_marks import QUOTE, Open, opening_mark
from emulator.formatting.refusals import cannot_parse, cannot_parse_at
from emulator.formatting.spans import Span
from emulator.formatting.writing import Written

_PLAIN = re.compile(r"[^_*\[\]()~`>#+\-=|{}.!\\\n]+")
_PLAIN_VERBATIM = re.compile(r"[^`\\]+")
_ESCAPED = re.compile(r"\\([\x01-\x7e])")
_URL = re.compile(r"\(((?:\\[\x01-\x7e]|[^)])*+)\)")


def parse_markdown_v2(source: str) -> tuple[str, list[Span]]:
    return _Parser(source).parse()


@dataclass(slots=True)
class _Parser:
    source: str
    position: int = 0
    at_line_start: bool = True
    written: Written = field(default_factory=Written)
    opened: list[Open] = field(default_factory=list)
    quoted: bool = False
    spans: list[Span] = field(default_factory=list)

    def parse(self) -> tuple[str, list[Span]]:
        while self.position < len(self.source):
            self._read()
        self._finish()
        return self.written.text(), self.spans

    def _read(self) -> None:
        verbatim = self.opened and self.opened[-1].verbatim
        plain = (_PLAIN_VERBATIM if verbatim else _PLAIN).match(self.source, self.position)
        if plain:
            self._write(plain[0], plain.end())
        elif self.source[self.position] == "\\":
            escaped = _ESCAPED.match(self.source, self.position)
            self._write(escaped[1] if escaped else "\\", escaped.end() if escaped else self.position + 1)
        elif self.source[self.position] == "\n":
            self._read_line_break()
        else:
            self._read_mark()

    def _write(self, text: str, position: int) -> None:
        self.written.add(text)
        self.position = position
        seen = text.rstrip("\r")
        if seen:
            self.at_line_start = seen.endswith("\n")

    def _read_line_break(self) -> None:
        position = self.position
        self._write("\n", position + 1)
        if self.quoted and not self.source.startswith(">", position + 1):
            self._close_quote(position)

    def _close_quote(self, end: int) -> None:
        """A spoiler opened and left right at its end is not one: it makes the quote expandable."""
        expandable = self._spoiler_opened_at_the_end(end)
        if expandable:
            self.opened.pop()
        innermost = self.opened[-1]
        if not innermost.quote:
            raise self._without_end(innermost)
        self.opened.pop()
        self.quoted = False
        self._emit(innermost, "expandable_blockquote" if expandable else QUOTE, {})

    def _spoiler_opened_at_the_end(self, end: int) -> bool:
        if len(self.opened) < 2 or not self.opened[-2].quote or self.opened[-1].kind != "spoiler":
            return False
        left = self.source[self.opened[-1].begin : end]
        return left == "||" or (left == "||\r" and end < len(self.source))

    def _read_mark(self) -> None:
        closing = self.opened[-1].closing_mark(self.source, self.position) if self.opened else ""
        if closing:
            self.position += len(closing)
            self._close()
        elif self.at_line_start and self.source[self.position] == ">":
            self._read_quote_mark()
        else:
            self._open()

    def _read_quote_mark(self) -> None:
        if not self.quoted:
            self.opened.append(Open(QUOTE, self.position, self.written.length, self.written.mark()))
            self.quoted = True
        self.position += 1

    def _open(self) -> None:
        begin = self.position
        kind, mark = opening_mark(self.source, begin)
        if not kind:
            character = self.source[begin]
            raise cannot_parse(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
        language = ""
        self.position += len(mark)
        if kind == "pre":
            language, self.position = read_fence(self.source, begin)
        self.opened.append(Open(kind, begin, self.written.length, self.written.mark(), language))

    def _close(self) -> None:
        closed = self.opened.pop()
        if closed.kind == "text_link":
            self._close_link(closed)
        elif closed.kind == "custom_emoji":
            identifier = emoji_of_link(self._emoji_url())
            self._emit(closed, closed.kind, {"custom_emoji_id": identifier})
        else:
            self._emit(closed, closed.kind, {"language": closed.language} if closed.language else {})

    def _close_link(self, closed: Open) -> None:
        address = self._url("a URL") if self.source.startswith("(", self.position) else ""
        details = link_details(address or self.written.since(closed.written))
        if details:
            self._emit(closed, "text_mention" if "user" in details else "text_link", details)

    def _emoji_url(self) -> str:
        if not self.source.startswith("(", self.position):
            raise cannot_parse("Custom emoji entity must contain a tg://emoji URL")
        return self._url("a custom emoji URL")

    def _url(self, name: str) -> str:
        match = _URL.match(self.source, self.position)
        if not match:
            raise cannot_parse_at(self.source, self.position + 1, f"Can't find end of {name}")
        self.position = match.end()
        return _ESCAPED.sub(r"\1", match[1])

    def _finish(self) -> None:
        if self.quoted and (self.opened[-1].quote or self._spoiler_opened_at_the_end(len(self.source))):
            self._close_quote(len(self.source))
        if self.opened:
            raise self._without_end(self.opened[-1])

    def _without_end(self, unclosed: Open) -> ApiError:
        return cannot_parse_at(self.source, unclosed.begin, f"Can't find end of {unclosed.type_name} entity")

    def _emit(self, closed: Open, kind: str, details: dict[str, Any]) -> None:
        if self.written.length > closed.start:
            self.spans.append(Span(closed.start, self.written.length, kind, details))
