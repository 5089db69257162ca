"""Entities a bot gives in JSON instead of a parse_mode."""

from __future__ import annotations

from typing import Any

from emulator.errors import bad_request
from emulator.fields import LARGEST, WrongField, integer, required_object, text
from emulator.formatting.addresses import WrongAddress, checked_address
from emulator.formatting.links import is_emoji_identifier
from emulator.formatting.spans import QUOTES, SPLITTABLE, VERBATIM, Span

_LEFT_TO_DETECTION = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
)
_WITHOUT_DETAILS = QUOTES | {"code", *SPLITTABLE}
_KNOWN = _LEFT_TO_DETECTION | _WITHOUT_DETAILS | VERBATIM | {"text_link", "text_mention", "custom_emoji"}
_FURTHEST = 1_000_000


def given_spans(entities: list[Any]) -> list[Span]:
    """The whole list is read before what it says is checked."""
    try:
        read = [_read(entity) for entity in entities]
    except WrongField as wrong:
        raise bad_request(f"can't parse MessageEntity: {wrong}") from None
    wanted = [span for span in read if span.kind not in _LEFT_TO_DETECTION]
    spans = [span.detailed(_checked_details(span)) for span in wanted]
    for span in spans:
        _check_range(span)
    return [span for span in spans if span.end > span.start]


def _read(entity: Any) -> Span:
    if not isinstance(entity, dict):
        raise WrongField("expected an Object")
    offset = integer(entity, "offset")
    length = integer(entity, "length")
    kind = text(entity, "type")
    if not kind:
        raise WrongField("Type is not specified")
    if kind not in _KNOWN:
        raise WrongField("Unsupported type specified")
    return Span(offset, offset + length, kind, _details(entity, kind))


def _details(entity: dict[str, Any], kind: str) -> dict[str, Any]:
    match kind:
        case "pre":
            language = text(entity, "language", "")
            return {"language": language} if language else {}
        case "text_link":
            return {"url": text(entity, "url")}
        case "text_mention":
            return {"user": {"id": integer(required_object(entity, "user"), "id", LARGEST)}}
        case "custom_emoji":
            return {"custom_emoji_id": str(integer(entity, "custom_emoji_id", LARGEST))}
    return {}


def _checked_details(span: Span) -> dict[str, Any]:
    details = dict(span.details)
    if span.kind == "text_link":
        details["url"] = _checked_url(details["url"])
    elif span.kind == "custom_emoji" and not is_emoji_identifier(details["custom_emoji_id"]):
        raise bad_request("invalid custom emoji identifier specified")
    return details


def _checked_url(url: str) -> str:
    try:
        return checked_address(url)
    except WrongAddress as wrong:
        raise bad_request(f"entity URL '{url}' is invalid: {wrong}") from None


def _check_range(span: Span) -> None:
    for name, value in (("offset", span.start), ("length", span.end - span.start)):
        if not 0 <= value <= _FURTHEST:
            raise bad_request(f"receive an entity with incorrect {name} {value}")
