"""The tags of HTML, as Telegram reads them: its own rules and words for what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from emulator.formatting.html_references import decode_references
from emulator.formatting.refusals import cannot_parse_at

_NAMES = {
    *("a", "b", "strong", "i", "em", "u", "ins", "s", "strike", "del"),
    *("tg-spoiler", "span", "tg-emoji", "code", "pre", "blockquote"),
}
# Telegram's own notion of space: NUL is one, form feed is not
_SPACES = re.compile("[ \t\r\n\0\v]*")
_TAG_NAME = re.compile("[^ \t\r\n\0\v>]*")
_ATTRIBUTE_NAME = re.compile("[^ \t\r\n\0\v=>/\"']*")
_BARE_VALUE = re.compile("[A-Za-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class Tag:
    """`argument` is the address, language or identifier among its attributes."""

    name: str
    argument: str


def read_start_tag(source: str, begin: int) -> tuple[Tag, int]:
    name, position = _name(source, begin + 1)
    if position == len(source):
        raise cannot_parse_at(source, begin, "Unclosed start tag")
    if name not in _NAMES:
        raise cannot_parse_at(source, begin, f'Unsupported start tag "{name}"')
    return _Attributes(source, begin, name).read(position)


def read_end_tag(source: str, begin: int) -> tuple[str, int]:
    name, position = _name(source, begin + 2)
    position = _after_spaces(source, position)
    if not source.startswith(">", position):
        raise cannot_parse_at(source, begin, "Unclosed end tag")
    return name, position + 1


@dataclass(slots=True)
class _Attributes:
    source: str
    begin: int
    tag: str
    argument: str = ""

    def read(self, position: int) -> tuple[Tag, int]:
        position = _after_spaces(self.source, position)
        while not self.source.startswith(">", position):
            position = _after_spaces(self.source, self._read_one(position))
        if self.tag == "span" and self.argument != "spoiler":
            raise cannot_parse_at(self.source, self.begin, 'Tag "span" must have class "tg-spoiler"')
        return Tag(self.tag, self.argument), position + 1

    def _read_one(self, position: int) -> int:
        end = _end_of(_ATTRIBUTE_NAME, self.source, position)
        name = self.source[position:end]
        if not name:
            raise cannot_parse_at(self.source, self.begin, f'Empty attribute name in the tag "{self.tag}"')
        position = self._before_end(_after_spaces(self.source, end))
        if self.source[position] != "=":
            self._use(name, "")
            return position
        value, position = self._value(self._before_end(_after_spaces(self.source, position + 1)))
        self._use(name, value)
        return position

    def _before_end(self, position: int) -> int:
        if position == len(self.source):
            raise cannot_parse_at(self.source, self.begin, f'Unclosed start tag "{self.tag}"')
        return position

    def _value(self, position: int) -> tuple[str, int]:
        quoted = self.source[position] in "\"'"
        value, end = self._quoted_value(position) if quoted else self._bare_value(position)
        if end >= len(self.source):
            raise cannot_parse_at(self.source, self.begin, "Unclosed start tag")
        return value, end

    def _quoted_value(self, position: int) -> tuple[str, int]:
        end = self.source.find(self.source[position], position + 1)
        if end < 0:
            return "", len(self.source)
        return decode_references(self.source[position + 1 : end]), end + 1

    def _bare_value(self, position: int) -> tuple[str, int]:
        end = _end_of(_BARE_VALUE, self.source, position)
        if self.source[end : end + 1] not in " \t\r\n\0\v>":
            raise cannot_parse_at(self.source, position, "Unexpected end of name token")
        return self.source[position:end].lower(), end

    def _use(self, name: str, value: str) -> None:
        """The last one of the attributes that matter wins."""
        match self.tag, name:
            case ("a", "href") | ("tg-emoji", "emoji-id"):
                self.argument = value
            case ("code", "class") if value.startswith("language-"):
                self.argument = value.removeprefix("language-")
            case ("span", "class") if value.startswith("tg-"):
                self.argument = value.removeprefix("tg-")
            case ("blockquote", "expandable"):
                self.argument = "expandable"


def _name(source: str, position: int) -> tuple[str, int]:
    end = _end_of(_TAG_NAME, source, position)
    name = source[position:end]
    return name.lower() if name.isascii() else "".join(map(_ascii_lower, name)), end


def _ascii_lower(character: str) -> str:
    return character.lower() if character.isascii() else character


def _after_spaces(source: str, position: int) -> int:
    return _end_of(_SPACES, source, position)


def _end_of(pattern: re.Pattern[str], source: str, position: int) -> int:
    match = pattern.match(source, position)
    return match.end() if match else position
