"""Addresses of the web and of e-mail in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emulator.formatting.domains import is_domain
from emulator.formatting.web_paths import end_of_path, goes_on

Found = tuple[int, int, str]

_OWN_LINK = re.compile(r"(?:tg|ton|tonsite)://[A-Za-z0-9_-]{1,253}+", re.IGNORECASE | re.ASCII)
_DOMAIN = re.compile("[A-Za-z0-9.\\-_~\u00c0-\u167f\u1681-\u1fff\u200c\u200d\u2070-\u2fff\u3001-\U0010ffff]+")
_USER = re.compile(r"[^\s/\[\]{}()'`<>\"@«»]+@\Z")
_PROTOCOL = re.compile(r"(?:(?<!s)http|https|(?<![st])ftp|tonsite)://\Z", re.IGNORECASE | re.ASCII)
_PORT = re.compile(r":([0-9]{1,5})(?![0-9])", re.ASCII)
_EMAIL = re.compile(
    r"(?:[a-z0-9_-]{0,26}[.+]){0,10}[a-z0-9_-]{1,35}@(?:[a-z0-9](?:[a-z0-9_-]{0,28}[a-z0-9])?\.){1,6}[a-z]{2,8}",
    re.IGNORECASE | re.ASCII,
)
_MAILTO = "mailto:"
_NOT_BEFORE = re.compile(r"[\w/#@]")
_HIGHEST_PORT = 65535
_LONGEST_USER = 320
_LONGEST_PROTOCOL = 16


def find_own_links(text: str) -> Iterator[Found]:
    position = 0
    while link := _OWN_LINK.search(text, position):
        position = end_of_path(text, link.end())
        yield link.start(), position, "url"


def find_web_addresses(text: str) -> Iterator[Found]:
    """Looks around every run of characters a domain may have."""
    position = 0
    for domain in _DOMAIN.finditer(text):
        end = domain.start() + len(domain[0].rstrip("."))
        if domain.start() < position or "." not in text[domain.start() : end]:
            continue
        found = _around(text, domain.start(), end, position)
        if found:
            position = found[1]
            yield found


def _around(text: str, begin: int, end: int, earliest: int) -> Found | None:
    start = _start_of_user(text, begin, earliest)
    if start < begin and not goes_on(text, end):
        email = _email(text, start, end)
        if email:
            return email
    start_with_protocol = _start_of_protocol(text, start, earliest)
    if not is_domain(text[begin:end], known_only=start_with_protocol == start):
        return None
    if start_with_protocol == start and start and _NOT_BEFORE.match(text, start - 1):
        return None
    return start_with_protocol, end_of_path(text, _end_of_port(text, end)), "url"


def _start_of_protocol(text: str, start: int, earliest: int) -> int:
    protocol = _PROTOCOL.search(text[max(earliest, start - _LONGEST_PROTOCOL) : start])
    return start - len(protocol[0]) if protocol else start


def _start_of_user(text: str, begin: int, earliest: int) -> int:
    window = text[max(earliest, begin - _LONGEST_USER) : begin]
    user = _USER.search(window) if window.endswith("@") else None
    return begin - len(user[0]) if user else begin


def _end_of_port(text: str, end: int) -> int:
    port = _PORT.match(text, end)
    return port.end() if port and 0 < int(port[1]) <= _HIGHEST_PORT else end


def _email(text: str, start: int, end: int) -> Found | None:
    if text[start : start + len(_MAILTO)].lower() == _MAILTO:
        start += len(_MAILTO)
    return (start, end, "email") if _EMAIL.fullmatch(text, start, end) else None
