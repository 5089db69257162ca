"""Checking an address and writing it as Telegram does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address

_OWN_SCHEME = re.compile(r"(tg|ton|tonsite):(?://)?", re.IGNORECASE | re.ASCII)
_PROTOCOL = re.compile(r"([^:/?#@\[\]]*)://")
_AUTHORITY = re.compile(r"[^/?#]*")
_PORT = re.compile(r":([0-9]*)\Z", re.ASCII)
_HOST = re.compile(r"(?:[a-z0-9.\-_!$,~*'();&+=]|%[0-9a-f]{2}|[^\x00-\x7f])*")
_OWN_HOST = re.compile(r"[a-z0-9\-_]*")
_TONSITE_HOST = re.compile(r"[a-z0-9\-_.]*")
_UNPRINTABLE = re.compile(r"[\x00-\x20]")
_ASCII_UPPER = re.compile(r"[A-Z]+")
_HIGHEST_PORT = 65535


class WrongAddress(Exception):
    """Its text is Telegram's reason."""


@dataclass(frozen=True, slots=True)
class _Address:
    protocol: str
    user: str
    host: str
    port: int
    path: str

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.protocol}://{user}{self.host}{port}{self.path}"


def checked_address(url: str) -> str:
    own = _OWN_SCHEME.match(url)
    if own:
        return _checked_own(own[1].lower(), url[own.end() :])
    address = _parsed(url)
    if "." not in address.host and not address.host.startswith("["):
        raise WrongAddress("Wrong HTTP URL")
    return str(address)


def _checked_own(scheme: str, rest: str) -> str:
    address = _parsed(rest)
    explicit = rest[:7].lower() == "http://" or address.protocol == "https"
    if explicit or address.user or address.port or address.host.startswith("["):
        raise WrongAddress("Wrong tg URL" if scheme == "tg" else "Wrong ton URL")
    allowed = _TONSITE_HOST if scheme == "tonsite" else _OWN_HOST
    if not allowed.fullmatch(address.host):
        raise WrongAddress("Unallowed characters in URL host")
    path = address.path.removeprefix("/") if address.path.startswith("/?") else address.path
    return f"{scheme}://{address.host}{path}"


def _parsed(url: str) -> _Address:
    protocol, position = _protocol(url)
    end = _end_of_authority(url, position)
    authority, port = _port(url[position:end])
    user, _, host = authority.rpartition("@")
    return _Address(protocol, user, _checked_host(_lowered(host)), port, _path(url[end:]))


def _protocol(url: str) -> tuple[str, int]:
    match = _PROTOCOL.match(url)
    if not match:
        return "http", 0
    protocol = match[1].lower()
    if protocol not in ("http", "https"):
        raise WrongAddress("Unsupported URL protocol")
    return protocol, match.end()


def _end_of_authority(url: str, position: int) -> int:
    match = _AUTHORITY.match(url, position)
    return match.end() if match else position


def _port(authority: str) -> tuple[str, int]:
    match = _PORT.search(authority)
    if not match:
        return authority, 0
    digits = match[1].lstrip("0")
    if not digits or len(digits) > len(str(_HIGHEST_PORT)) or int(digits) > _HIGHEST_PORT:
        raise WrongAddress("Wrong port number specified in the URL")
    return authority[: match.start()], int(digits)


def _checked_host(host: str) -> str:
    if not host:
        raise WrongAddress("URL host is empty")
    if host == ".":
        raise WrongAddress("Host is invalid")
    if host.startswith("[") and host.endswith("]"):
        return _checked_ipv6(host)
    valid = _HOST.match(host)
    if not valid or valid.end() < len(host):
        percent = valid and host[valid.end()] == "%"
        raise WrongAddress("Wrong percent-encoded symbol in URL host" if percent else "Wrong URL host")
    return host


def _checked_ipv6(host: str) -> str:
    try:
        IPv6Address(host[1:-1])
    except AddressValueError:
        raise WrongAddress("Wrong IPv6 address specified in the URL") from None
    return host


def _path(rest: str) -> str:
    path = _UNPRINTABLE.sub(lambda match: f"%{ord(match[0]):02X}", rest.rstrip(" \t\r\n\0\v"))
    return path if path.startswith("/") else f"/{path}"


def _lowered(host: str) -> str:
    return _ASCII_UPPER.sub(lambda match: match[0].lower(), host)
