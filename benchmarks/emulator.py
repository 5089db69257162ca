"""What the emulator itself can do, so that nobody takes its limit for the bot's."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from tests.integration.bot.processes import TOKEN, EmulatorProcess

UPDATES = 50_000
CHATS = 2_000
BATCH = 500
CALLS = 20_000
CONNECTIONS = 32
BUDGET = 5_000  # updates a second


def run() -> None:
    print(f"the emulator alone: {UPDATES:,} updates of {CHATS:,} chats, {CALLS:,} calls on {CONNECTIONS} connections")
    with tempfile.TemporaryDirectory() as folder, EmulatorProcess(Path(folder)) as emulator:
        emulator.start()
        asyncio.run(_measure(emulator.url))


async def _measure(url: str) -> None:
    async with _session(url) as session:
        injected = await _rate(UPDATES, _inject(session))
        served = await _rate(UPDATES, _take_all(session))
        together = await _rate(UPDATES, _both(session))
        answered = await _rate(CALLS, _answer(session))
    print(f"  injected {injected:,.0f}/s, then served by getUpdates {served:,.0f}/s; sendMessage {answered:,.0f}/s")
    print(f"  injected and served at once {together:,.0f} updates/s; budget {BUDGET:,}/s")


@asynccontextmanager
async def _session(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(url, connector=connector, json_serialize=_dumps) as session:
        yield session


async def _rate(count: int, work: Awaitable[None]) -> float:
    began = time.perf_counter()
    await work
    return count / (time.perf_counter() - began)


async def _inject(session: aiohttp.ClientSession) -> None:
    for first in range(0, UPDATES, BATCH):
        updates = [_update(number) for number in range(first, first + BATCH)]
        async with session.post("/control/updates", json={"updates": updates}) as response:
            response.raise_for_status()


async def _take_all(session: aiohttp.ClientSession) -> None:
    offset = taken = 0
    while taken < UPDATES:
        updates = await _call(session, "getUpdates", offset=offset, timeout=10)
        taken += len(updates)
        offset = updates[-1]["update_id"] + 1
    await _call(session, "getUpdates", offset=offset)


async def _both(session: aiohttp.ClientSession) -> None:
    await asyncio.gather(_inject(session), _take_all(session))


async def _answer(session: aiohttp.ClientSession) -> None:
    numbers = iter(range(CALLS))

    async def worker() -> None:
        for number in numbers:
            await _call(session, "sendMessage", chat_id=1 + number % CHATS, text=f"Welcome, number {number}!")

    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))


async def _call(session: aiohttp.ClientSession, method: str, **parameters: Any) -> Any:
    async with session.post(f"/bot{TOKEN}/{method}", json=parameters) as response:
        response.raise_for_status()
        return orjson.loads(await response.read())["result"]


def _update(number: int) -> dict[str, Any]:
    user = {"id": 1 + number % CHATS, "first_name": "Ada"}
    message = {"message_id": 1 + number // CHATS, "date": 1_700_000_000, "text": "/start"}
    return {"message": message | {"from": user | {"is_bot": False}, "chat": user | {"type": "private"}}}


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()
