"""The text a parser has read so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from emulator.formatting.spans import utf16_length


@dataclass(slots=True)
class Written:
    """`length` is in UTF-16 units; a mark is a place to come back to."""

    parts: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += utf16_length(text)

    def mark(self) -> int:
        return len(self.parts)

    def since(self, mark: int) -> str:
        """Joins what it returns, so that asking again, of nested tags, stays cheap."""
        text = "".join(self.parts[mark:])
        self.parts[mark:] = [text]
        return text

    def text(self) -> str:
        return "".join(self.parts)
