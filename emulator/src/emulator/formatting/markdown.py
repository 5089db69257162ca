"""parse_mode Markdown, the legacy one: nothing nests and nothing is escaped inside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from emulator.formatting.links import link_details
from emulator.formatting.markdown_parts import FENCE, read_fence
from emulator.formatting.refusals import cannot_parse_at
from emulator.formatting.spans import Span
from emulator.formatting.writing import Written

_SPECIAL = re.compile(r"[_*`\[]|\\(?=[_*`\[])")
_KINDS = {"_": "italic", "*": "bold", "`": "code"}


def parse_markdown(source: str) -> tuple[str, list[Span]]:
    return _Parser(source).parse()


@dataclass(slots=True)
class _Parser:
    source: str
    position: int = 0
    written: Written = field(default_factory=Written)
    spans: list[Span] = field(default_factory=list)

    def parse(self) -> tuple[str, list[Span]]:
        while special := _SPECIAL.search(self.source, self.position):
            self.written.add(self.source[self.position : special.start()])
            self.position = special.start()
            self._read_special(special[0])
        self.written.add(self.source[self.position :])
        return self.written.text(), self.spans

    def _read_special(self, character: str) -> None:
        if character == "\\":
            self.written.add(self.source[self.position + 1])
            self.position += 2
        elif character == "[":
            self._read_link()
        elif self.source.startswith(FENCE, self.position):
            language, begin = read_fence(self.source, self.position)
            self._add(begin, FENCE, "pre", {"language": language} if language else {})
        else:
            self._add(self.position + 1, character, _KINDS[character], {})

    def _add(self, begin: int, mark: str, kind: str, details: dict[str, Any]) -> None:
        content = self._until(begin, mark)
        self._write(content, kind, details)
        self.position = begin + len(content) + len(mark)

    def _write(self, content: str, kind: str, details: dict[str, Any]) -> None:
        start = self.written.length
        self.written.add(content)
        if content and kind:
            self.spans.append(Span(start, self.written.length, kind, details))

    def _until(self, begin: int, mark: str) -> str:
        end = self.source.find(mark, begin)
        if end < 0:
            raise cannot_parse_at(self.source, self.position, "Can't find end of the entity starting")
        return self.source[begin:end]

    def _read_link(self) -> None:
        content = self._until(self.position + 1, "]")
        self.position += len(content) + 2
        if not content:
            return
        details = link_details(self._read_url() or content)
        kind = "" if details is None else "text_mention" if "user" in details else "text_link"
        self._write(content, kind, details or {})

    def _read_url(self) -> str:
        """Without a closing parenthesis, all the rest is the address."""
        if not self.source.startswith("(", self.position):
            return ""
        begin = self.position + 1
        end = self.source.find(")", begin)
        self.position = len(self.source) if end < 0 else end + 1
        return self.source[begin:] if end < 0 else self.source[begin:end]
