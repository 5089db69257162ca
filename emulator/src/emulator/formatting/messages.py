"""From what was sent to what a message holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.errors import bad_request
from emulator.formatting.cleaning import cleaned, shortened, trimmed, without_blank
from emulator.formatting.detection import detected_spans
from emulator.formatting.given import given_spans
from emulator.formatting.html import parse_html
from emulator.formatting.markdown import parse_markdown
from emulator.formatting.markdown_v2 import parse_markdown_v2
from emulator.formatting.overlaps import apart_from, at_most_a_hundred, without_overlaps
from emulator.formatting.ranges import check_ranges
from emulator.formatting.spans import Span, in_order

Entity = dict[str, Any]
_LONGEST_SOURCE = 32768
_PARSERS: dict[str, Callable[[str], tuple[str, list[Span]]]] = {
    "html": parse_html,
    "markdown": parse_markdown,
    "markdownv2": parse_markdown_v2,
}


@dataclass(frozen=True, slots=True)
class FormattedText:
    text: str
    entities: list[Entity]


def from_bot(source: str, parse_mode: str, entities: list[Any] | None) -> FormattedText:
    """parse_mode wins over entities; the text may turn out empty."""
    _check_source(source)
    mode = parse_mode.lower()
    if source and mode not in ("", "none"):
        return _finished(*_parsed(source, mode))
    spans = given_spans(entities or [])
    if spans:
        spans = without_overlaps(spans)
        check_ranges(source, spans)
    return _finished(source, spans)


def from_user(text: str) -> FormattedText:
    """What a person types is not parsed, only cleaned."""
    return _finished(text, [])


def _check_source(source: str) -> None:
    try:
        size = len(source.encode())
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    if size > _LONGEST_SOURCE:
        raise bad_request("text is too long")


def _parsed(source: str, mode: str) -> tuple[str, list[Span]]:
    if mode not in _PARSERS:
        raise bad_request("unsupported parse_mode")
    return _PARSERS[mode](source)


def _finished(text: str, spans: list[Span]) -> FormattedText:
    text, spans = cleaned(text, spans)
    if spans:
        spans = without_overlaps(without_blank(text, without_overlaps(spans)))
    text, spans = shortened(*trimmed(text, spans))
    # Trimming may have brought two of them to the same length.
    spans = _with_detected(text, at_most_a_hundred(in_order(spans)))
    return FormattedText(text, [span.entity() for span in spans])


def _with_detected(text: str, spans: list[Span]) -> list[Span]:
    found = detected_spans(text)
    if not found or not spans:
        return found or spans
    return without_overlaps([*spans, *apart_from(found, spans)])
