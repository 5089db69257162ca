"""A server that answers HTTP requests with whatever bytes it is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

SILENCE = b"silence"
HANGING_UP = b""


@dataclass
class RawServer:
    """An answer for each request; the last one is repeated. After HANGING_UP the connection is closed."""

    answers: list[bytes]
    url: str = ""
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.requests.append(await _read_request(reader))
                self.asked.set()
                answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
                if answer == HANGING_UP:
                    break
                if answer == SILENCE:
                    await reader.read()
                writer.write(answer)
                await writer.drain()
        writer.close()


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    return head + await reader.readexactly(int(length or 0))


@asynccontextmanager
async def raw_server(*answers: bytes, port: int = 0) -> AsyncIterator[RawServer]:
    raw = RawServer(list(answers))
    server = await asyncio.start_server(raw.serve, "127.0.0.1", port)
    raw.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield raw


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body
