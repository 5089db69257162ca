"""A proxy that stops between migrator and PostgreSQL at a chosen query."""

from __future__ import annotations

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

_LENGTH = struct.Struct("!I")
_SSL_REQUEST, _CANCEL_REQUEST = 80877103, 80877102
_GONE = (OSError, asyncio.IncompleteReadError)


class Moment(Enum):
    #: The query is at the proxy, and the server knows nothing of it.
    BEFORE = "before"
    #: The whole answer is at the proxy, and the client knows nothing of it.
    AFTER = "after"


@dataclass(frozen=True)
class Stop:
    #: Counted from 0: simple queries, and executions of prepared ones.
    query: int
    moment: Moment


class Proxy:
    """For one client, with one session after the other; its cancel requests come besides."""

    def __init__(self, server_port: int, stop: Stop | None = None) -> None:
        self._server_port = server_port
        self._stop = stop
        #: The SQL of each so far.
        self.queries: list[str] = []
        #: The process id of the session at the server.
        self.backend = 0
        self.reached = asyncio.Event()
        self._cancelled = False
        self._pass_on: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._writers: list[StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Proxy:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        self.resume(pass_on=False)
        for writer in self._writers:
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._listener.wait_closed()

    def resume(self, *, pass_on: bool) -> None:
        """Lets go of what is held, or drops it."""
        if not self._pass_on.done():
            self._pass_on.set_result(pass_on)

    async def was_cancelled(self) -> bool:
        """Whether a cancel request has come, and the session knows of it."""
        return self._cancelled

    def cut(self) -> None:
        """Resets the connection on both sides."""
        for writer in self._writers:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        self.resume(pass_on=False)

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        with suppress(*_GONE, asyncio.CancelledError):
            await self._connect(reader, writer)
        writer.transport.abort()

    async def _connect(self, client: StreamReader, to_client: StreamWriter) -> None:
        server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        try:
            first = await _startup(client)
            if _code(first) == _SSL_REQUEST:
                to_server.write(first)
                to_client.write(await server.readexactly(1))
                first = await _startup(client)
            to_server.write(first)
            if _code(first) == _CANCEL_REQUEST:
                await server.read()  # the server closes when it has told the session
                self._cancelled = True
                return
            self._writers += [to_client, to_server]
            answers = asyncio.create_task(self._answers(server, to_client))
            self._tasks.add(answers)
            with suppress(*_GONE):
                await self._requests(client, to_server)
            to_server.transport.close()
            await answers
        finally:
            to_server.transport.abort()

    async def _requests(self, client: StreamReader, to_server: StreamWriter) -> None:
        """What belongs together is passed on together."""
        held, sql = b"", ""
        while True:
            kind, message = await _message(client)
            held += message
            if kind in b"QP":
                sql = _sql(kind, message)
            if kind not in b"QSXpH":
                continue
            counts = kind == b"Q" or (kind == b"S" and b"E" in _kinds(held))
            if counts:
                self.queries.append(sql)
            if not counts or await self._let_by(Moment.BEFORE):
                to_server.write(held)
                await to_server.drain()
            held = b""

    async def _answers(self, server: StreamReader, to_client: StreamWriter) -> None:
        """Once all that is held was dropped, an error that ends the session still comes through."""
        held = b""
        with suppress(*_GONE):
            while True:
                kind, message = await _message(server)
                if kind == b"K":
                    self.backend = struct.unpack_from("!I", message, 5)[0]
                if self._answers_to_stop():
                    held += message
                    if kind != b"Z":
                        continue
                    message, held = held if await self._let_by(Moment.AFTER) else b"", b""
                to_client.write(message)
                await to_client.drain()
        to_client.transport.close()

    def _answers_to_stop(self) -> bool:
        return self._stop == Stop(len(self.queries) - 1, Moment.AFTER) and not self._pass_on.done()

    async def _let_by(self, moment: Moment) -> bool:
        if self._stop != Stop(len(self.queries) - 1, moment) or self._pass_on.done():
            return True
        self.reached.set()
        return await asyncio.shield(self._pass_on)


async def _startup(reader: StreamReader) -> bytes:
    """A first message, which has no kind."""
    length = await reader.readexactly(4)
    return length + await reader.readexactly(_LENGTH.unpack(length)[0] - 4)


def _code(first: bytes) -> int:
    code: int = _LENGTH.unpack_from(first, 4)[0]
    return code


async def _message(reader: StreamReader) -> tuple[bytes, bytes]:
    """Its kind, and all of it."""
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(_LENGTH.unpack_from(head, 1)[0] - 4)


def _sql(kind: bytes, message: bytes) -> str:
    fields = message[5:].split(b"\0")
    return fields[0 if kind == b"Q" else 1].decode()


def _kinds(messages: bytes) -> bytes:
    kinds, place = b"", 0
    while place < len(messages):
        kinds += messages[place : place + 1]
        place += 1 + _LENGTH.unpack_from(messages, place + 1)[0]
    return kinds
