"""The addresses behind text: links, users and custom emoji."""

from __future__ import annotations

import re
from typing import Any

from emulator.fields import LARGEST
from emulator.formatting.addresses import WrongAddress, checked_address
from emulator.formatting.refusals import cannot_parse

_LOWER = str.maketrans({code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
_INSIDE = re.compile(r"(?://)?(?P<host>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_QUERY = re.compile(r"/?\?([^#]*)")
_IDENTIFIER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_NEGATIVE_IDENTIFIER = re.compile(r"-?[1-9][0-9]{0,18}", re.ASCII)


def link_details(url: str) -> dict[str, Any] | None:
    """What a link's entity has besides its place; None if it leads nowhere."""
    user = _user_of(url)
    if user:
        return {"user": {"id": user}}
    # Saves checking a long text to the end: no valid address is without both
    if "." not in url and ":" not in url:
        return None
    try:
        return {"url": checked_address(url)}
    except WrongAddress:
        return None


def emoji_of_link(url: str) -> str:
    host, rest = _parts(url)
    if host is None:
        raise cannot_parse("Custom emoji URL must have scheme tg")
    if host != "emoji":
        raise cannot_parse('Custom emoji URL must have host "emoji"')
    identifier = _id_parameter(rest)
    if identifier is None:
        raise cannot_parse("Custom emoji URL must have an emoji identifier")
    return emoji_identifier(identifier)


def emoji_identifier(text: str) -> str:
    if not is_emoji_identifier(text):
        raise cannot_parse("Invalid custom emoji identifier specified")
    return text


def is_emoji_identifier(text: str) -> bool:
    return _NEGATIVE_IDENTIFIER.fullmatch(text) is not None and -LARGEST - 1 <= int(text) <= LARGEST


def _user_of(url: str) -> int | None:
    host, rest = _parts(url)
    identifier = _id_parameter(rest) if host == "user" else None
    if not identifier or not _IDENTIFIER.fullmatch(identifier):
        return None
    return int(identifier) if int(identifier) <= LARGEST else None


def _parts(url: str) -> tuple[str | None, str]:
    """The host and the rest of a tg: link; no host of any other."""
    if url[:3].lower() != "tg:":
        return None, ""
    match = _INSIDE.fullmatch(url.translate(_LOWER), 3)
    return (match["host"], match["rest"]) if match else (None, "")


def _id_parameter(rest: str) -> str | None:
    query = _QUERY.match(rest)
    parameters = query[1].split("&") if query else []
    return next((each[3:] for each in parameters if each.startswith("id=")), None)
