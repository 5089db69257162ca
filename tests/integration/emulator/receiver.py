"""The bot's own server, to which a webhook delivers."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.integration.bot.processes import free_port
from tests.integration.emulator.http_calls import BotApi, Json
from tests.waiting import wait_for

#: What web.Response is made of.
Answer = dict[str, Any]
PATH = "/hook"


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    update: Json


class Receiver:
    """Takes everything, but for the first deliveries, which get `answers`, and while it holds them all back."""

    def __init__(self, *answers: Answer, certificate: Path | None = None, held: bool = False) -> None:
        self._answers = deque(answers)
        self._certificate = certificate
        self.port = free_port()
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}{PATH}"
        self.received: list[Received] = []
        self.in_flight = self.most_in_flight = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._free = asyncio.Event()
        if not held:
            self._free.set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._runner = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def release(self) -> None:
        self._loop.call_soon_threadsafe(self._free.set)

    def wait_for(self, count: int) -> list[Received]:
        wait_for(lambda: len(self.received) >= count, f"{count} deliveries")
        return self.received

    @property
    def texts(self) -> list[str]:
        return [received.update.get("message", {}).get("text", "") for received in self.received]

    async def _serve(self) -> web.AppRunner:
        app = web.Application()
        app.add_routes([web.route("*", "/{path:.*}", self._receive)])
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        tls = None
        if self._certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(self._certificate)
        await web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=tls).start()
        return runner

    async def _stop(self) -> None:
        """TLS would wait for the other side's farewell."""
        server = self._runner.server
        for connection in server.connections if server and self._certificate else []:
            if connection.transport:
                connection.transport.abort()
        await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        self.received.append(Received(request.path_qs, dict(request.headers), await request.json()))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        await self._free.wait()
        self.in_flight -= 1
        return web.Response(**(self._answers.popleft() if self._answers else {}))


def wait_until_taken(bot: BotApi) -> None:
    wait_for(lambda: bot.result("getWebhookInfo")["pending_update_count"] == 0, "all updates are taken")


def wait_for_error(bot: BotApi) -> str:
    return str(wait_for(lambda: bot.result("getWebhookInfo").get("last_error_message"), "an error"))
