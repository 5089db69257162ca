from __future__ import annotations

from emulator.errors import ApiError, bad_request
from emulator.formatting.spans import byte_length


def cannot_parse(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def cannot_parse_at(source: str, position: int, reason: str, rest: str = "") -> ApiError:
    return cannot_parse(f"{reason} at byte offset {byte_length(source[:position])}{rest}")
