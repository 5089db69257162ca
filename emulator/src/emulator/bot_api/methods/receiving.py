"""How the bot gets its updates: it asks for them, or has them brought."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Any

from emulator.bot_api.arguments import Arguments
from emulator.errors import ApiError, bad_request, conflict, too_many_requests
from emulator.telegram import Telegram
from emulator.updates import DEFAULT_KINDS, KINDS, LARGEST_BATCH, LONGEST_POLL, TERMINATED_BY_WEBHOOK, WEBHOOK_IS_ACTIVE
from emulator.webhook_target import Target, parsed_url

LARGEST_CERTIFICATE = 3 * 1024 * 1024  # bytes
LONGEST_SECRET = 256
MOST_CONNECTIONS, MOST_LOCAL_CONNECTIONS = 100, 100_000
CONFLICT_PAUSE = 3.0  # seconds; a bot that meets a conflict again and again is held up


@dataclass(frozen=True, slots=True)
class Described:
    """A result that is explained."""

    result: Any
    description: str


async def get_updates(telegram: Telegram, arguments: Arguments) -> Any:
    _allow(telegram, arguments)
    try:
        return await _get_updates(telegram, arguments)
    except ApiError as error:
        if error.code == 409:
            await _slow_down(telegram)
        raise


async def set_webhook(telegram: Telegram, arguments: Arguments) -> Any:
    url = arguments.text("url")
    if not url:
        return await delete_webhook(telegram, arguments)
    if time.monotonic() - telegram.last_webhook_change < 1:
        raise too_many_requests(1)
    telegram.last_webhook_change = time.monotonic()
    target = _target(telegram, arguments)
    drop = arguments.boolean("drop_pending_updates")
    _allow(telegram, arguments)
    if telegram.webhook.is_set_to(target) and not drop:
        return Described(True, "Webhook is already set")
    telegram.updates.end_poll(conflict(TERMINATED_BY_WEBHOOK))
    await telegram.webhook.close()
    if drop:
        telegram.updates.drop()
    _check(target)
    await telegram.webhook.set(target)
    telegram.publish_counts()
    return Described(True, "Webhook was set")


async def delete_webhook(telegram: Telegram, arguments: Arguments) -> Any:
    was_set = bool(telegram.webhook.url)
    await telegram.webhook.close()
    if arguments.boolean("drop_pending_updates"):
        telegram.updates.drop()
    telegram.publish_counts()
    return Described(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


async def get_webhook_info(telegram: Telegram, _: Arguments) -> Any:
    return telegram.webhook.info()


async def _get_updates(telegram: Telegram, arguments: Arguments) -> Any:
    if telegram.webhook.url:
        raise conflict(WEBHOOK_IS_ACTIVE)
    with telegram.polling():
        return await telegram.updates.get(
            offset=arguments.integer("offset", 0, -(2**31), 2**31 - 1),
            limit=arguments.integer("limit", LARGEST_BATCH, 1, LARGEST_BATCH),
            timeout=arguments.integer("timeout", 0, 0, LONGEST_POLL),
        )


async def _slow_down(telegram: Telegram) -> None:
    now = time.monotonic()
    if now - telegram.last_conflict < CONFLICT_PAUSE:
        await asyncio.sleep(CONFLICT_PAUSE)
    telegram.last_conflict = now


def _allow(telegram: Telegram, arguments: Arguments) -> None:
    """Kept until it is given again; what is no list of texts is passed over."""
    try:
        given = arguments.json("allowed_updates", "")
    except ApiError:
        return
    if not isinstance(given, list) or not all(isinstance(kind, str) for kind in given):
        return
    telegram.updates.allowed = frozenset(kind.lower() for kind in given) & frozenset(KINDS) or DEFAULT_KINDS


def _target(telegram: Telegram, arguments: Arguments) -> Target:
    certificate = arguments.upload("certificate")
    most = MOST_LOCAL_CONNECTIONS if telegram.webhook.local else MOST_CONNECTIONS
    return Target(
        url=arguments.text("url"),
        secret_token=arguments.text("secret_token"),
        max_connections=arguments.integer("max_connections", 40, 1, most),
        ip_address=arguments.text("ip_address"),
        certificate=certificate.content if certificate else b"",
    )


def _check(target: Target) -> None:
    parsed_url(target.url)
    if len(target.secret_token.encode()) > LONGEST_SECRET:
        raise bad_request("secret token is too long")
    if not re.fullmatch("[A-Za-z0-9_-]*", target.secret_token):
        raise bad_request("secret token contains unallowed characters")
    if len(target.certificate) > LARGEST_CERTIFICATE:
        raise bad_request(f"certificate size is too big ({len(target.certificate)} bytes)")
