"""Where a webhook leads: read, checked and found, before anything is sent there."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from dataclasses import dataclass

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from emulator.errors import bad_request

PORTS = (80, 88, 443, 8443)


@dataclass(frozen=True, slots=True)
class Target:
    """What setWebhook was told."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str = ""
    certificate: bytes = b""


async def checked(target: Target, local: bool) -> tuple[URL, str]:
    """Where to send, and the IP address that it has. Raises ApiError 400."""
    url = parsed_url(target.url)
    if not local and url.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not local and url.port not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    host = url.host or ""
    if target.ip_address and not _is_address(target.ip_address):
        raise bad_request("bad webhook: Invalid IP address specified")
    # Where the URL holds an address itself, no other can be meant.
    address = host if _is_address(host) else target.ip_address or await _resolved(host)
    _check_address(address, local)
    return url, address


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_address(address: str, local: bool) -> None:
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6 and not local:
        raise bad_request("bad webhook: IPv6-only addresses are not allowed")
    if parsed.is_private and not local:
        raise bad_request(f"bad webhook: IP address {address} is reserved")
    if not parsed.is_private:
        raise bad_request(f"bad webhook: {address} is not on this machine, and the emulator sends nothing elsewhere")


class FixedAddress(AbstractResolver):
    """Every name is at the address that was checked, also when a name server has changed its mind."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        family = socket.AF_INET6 if ":" in self._address else socket.AF_INET
        found = ResolveResult(
            hostname=host, host=self._address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
        )
        return [found]

    async def close(self) -> None:
        pass


def parsed_url(given: str) -> URL:
    """Raises ApiError 400."""
    try:
        url = URL(given if "://" in given else f"https://{given}")
        wrong = url.scheme not in ("http", "https") or not url.host or url.port in (0, None)
    except ValueError:
        wrong = True
    if wrong:
        raise bad_request("invalid webhook URL specified")
    return url


async def _resolved(host: str) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise bad_request(f"bad webhook: Failed to resolve host: {error.strerror}") from None
    except UnicodeError:
        raise bad_request("bad webhook: Failed to resolve host: Name or service not known") from None
    return str(found[0][4][0])


def trusting(certificate: bytes) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cadata=certificate.decode())
    except (ssl.SSLError, ValueError) as error:
        raise bad_request(f"bad webhook: {error}") from None
