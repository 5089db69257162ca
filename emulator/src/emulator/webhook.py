"""Delivers updates to the bot's own server: in order within a queue, many queues at once, until they are taken."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ServerDisconnectedError,
    ServerTimeoutError,
    TCPConnector,
)

from emulator.errors import conflict
from emulator.updates import DEFAULT_KINDS, KINDS, UpdateQueue
from emulator.webhook_target import FixedAddress, Target, checked, trusting

ANSWER_WAIT = 60.0  # seconds
LONGEST_RETRY_AFTER = 3600  # seconds

Execute = Callable[[ClientResponse], Awaitable[None]]


class Webhook:
    def __init__(self, updates: UpdateQueue, execute: Execute) -> None:
        """`execute` reads the answer to a delivery and runs the method that it may carry."""
        self._updates = updates
        self._execute = execute
        updates.on_add = self._arrived
        self._target: Target | None = None
        self._session: ClientSession | None = None
        #: Which setWebhook or deleteWebhook counts: the last one.
        self._turn = 0
        self._slots = asyncio.Semaphore()
        self._queues: dict[str, deque[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_error: tuple[int, str] | None = None
        #: As of `telegram-bot-api --local`: HTTP and every port will do.
        self.local = True

    @property
    def url(self) -> str:
        return self._target.url if self._target else ""

    def is_set_to(self, target: Target) -> bool:
        return self._target == target and not target.certificate

    async def set(self, target: Target) -> None:
        """Begins to deliver, what waits already included. Raises ApiError 400."""
        await self.close()
        turn = self._turn
        url, address = await checked(target, self.local)
        if turn != self._turn:
            raise conflict("terminated by other setWebhook")
        self._address = address
        self._session = ClientSession(
            connector=TCPConnector(
                limit=target.max_connections,
                resolver=FixedAddress(address),
                ssl=trusting(target.certificate) if target.certificate else True,
            ),
            skip_auto_headers=("Accept", "User-Agent"),
            timeout=ClientTimeout(total=None, sock_connect=ANSWER_WAIT, sock_read=ANSWER_WAIT),
        )
        self._target = target
        self._url = url
        self._slots = asyncio.Semaphore(target.max_connections)
        for update_id in list(self._updates):
            self._arrived(update_id)

    async def close(self) -> None:
        """Ends the deliveries; what was not taken stays."""
        self._turn += 1
        self._target = self._last_error = None
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._queues.clear()
        if self._session:
            await self._session.close()
            self._session = None

    def info(self) -> dict[str, Any]:
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": bool(self._target and self._target.certificate),
            "pending_update_count": len(self._updates),
        }
        if self._target and self._last_error:
            info["last_error_date"], info["last_error_message"] = self._last_error
        if self._target:
            info["max_connections"] = self._target.max_connections
            info["ip_address"] = self._address
        if self._updates.allowed != DEFAULT_KINDS:
            info["allowed_updates"] = [kind for kind in KINDS if kind in self._updates.allowed]
        return info

    def _arrived(self, update_id: int) -> None:
        waiting = self._updates.look_up(update_id) if self._target else None
        if waiting is None:
            return
        queue = waiting.queue or f"update {update_id}"
        if queue in self._queues:
            self._queues[queue].append(update_id)
            return
        self._queues[queue] = deque([update_id])
        task = asyncio.create_task(self._deliver_queue(queue))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver_queue(self, queue: str) -> None:
        waiting = self._queues[queue]
        try:
            while waiting:
                await self._deliver(waiting[0])
                waiting.popleft()
        finally:
            self._queues.pop(queue, None)

    async def _deliver(self, update_id: int) -> None:
        """Until it is taken, or expires."""
        pauses = Pauses()
        while waiting := self._updates.look_up(update_id):
            async with self._slots:
                self._updates.redelivered += waiting.handed_out > 0
                waiting.handed_out += 1
                retry_after = await self._post(waiting.update)
            if retry_after is None:
                self._updates.confirm(update_id)
                return
            if not self._updates.lasts(update_id, pause := pauses.next(retry_after)):
                self._updates.expire(update_id)
                return
            await asyncio.sleep(pause)

    async def _post(self, update: dict[str, Any]) -> int | None:
        """None when it was taken, else the seconds that the server asks to wait, or 0."""
        assert self._target is not None
        assert self._session is not None
        headers = {
            "Host": self._url.host_subcomponent or "",
            "Content-Type": "application/json",
            "Accept-Encoding": "gzip, deflate",
        }
        if self._target.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._target.secret_token
        try:
            async with self._session.post(
                self._url, data=orjson.dumps(update), headers=headers, allow_redirects=False
            ) as response:
                if 200 <= response.status < 300:
                    await self._execute(response)
                    return None
                self._failed(f"Wrong response from the webhook: {response.status} {response.reason}")
                return _seconds(response.headers.get("Retry-After", ""))
        except ServerDisconnectedError:
            pass  # tried again, but not an error that Telegram tells
        except ServerTimeoutError:
            self._failed("Read timeout expired")
        except ClientConnectorCertificateError as error:
            self._failed(f"SSL error {{{error.certificate_error}}}")
        except ClientConnectorError as error:
            self._failed(os.strerror(error.os_error.errno) if error.os_error.errno else str(error.os_error))
        except (ClientError, OSError) as error:
            self._failed(str(error) or type(error).__name__)
        return 0

    def _failed(self, message: str) -> None:
        self._last_error = (int(time.time()), message)


class Pauses:
    """How long one update waits before each further attempt, in seconds."""

    def __init__(self) -> None:
        self._failures = 0
        self._doubling = 1

    def next(self, retry_after: int) -> int:
        """`retry_after`: what the bot's server asks for, or 0."""
        self._failures += 1
        if retry_after or self._failures == 1:
            return retry_after
        self._doubling = min(random.randint(60, 120), self._doubling * 2)
        return self._doubling


def _seconds(retry_after: str) -> int:
    return min(int(retry_after[:9]), LONGEST_RETRY_AFTER) if retry_after.isdecimal() else 0
