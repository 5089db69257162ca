"""The network between the bot and a server, which can be cut."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Coroutine
from contextlib import suppress
from enum import Enum
from typing import Any, Self

_CHUNK = 2**16  # bytes
_RESET_WHEN_CLOSED = struct.pack("ii", 1, 0)


class State(Enum):
    UP = "up"
    #: Every connection is reset, a new one at once.
    REFUSING = "refusing"
    #: Connections stay, and nothing comes through; what was sent meanwhile is lost, and its connection afterwards.
    SILENT = "silent"


class Network:
    """Passes connections on; in a thread of its own, so that a test may wait for what comes through."""

    def __init__(self, server_port: int) -> None:
        #: A container that is started anew has another one.
        self.server_port = server_port
        self._state = State.UP
        self._writers: set[StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._listener = self._run(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port: int = self._listener.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self, state: State) -> None:
        self._run(self._become(state))

    def mend(self) -> None:
        self._run(self._become(State.UP))

    async def _become(self, state: State) -> None:
        if state is State.REFUSING or self._state is State.SILENT:
            self._reset_all()
        self._state = state

    def _reset_all(self) -> None:
        for writer in self._writers:
            _reset(writer)

    async def _accept(self, client: StreamReader, to_client: StreamWriter) -> None:
        self._writers.add(to_client)
        try:
            with suppress(OSError, asyncio.CancelledError):
                await self._pass_on(client, to_client)
        finally:
            to_client.transport.abort()
            self._writers.discard(to_client)

    async def _pass_on(self, client: StreamReader, to_client: StreamWriter) -> None:
        if self._state is State.REFUSING:
            _reset(to_client)
            return
        if self._state is State.SILENT:
            await client.read(-1)  # until it gives up, or all are reset
            return
        server, to_server = await asyncio.open_connection("127.0.0.1", self.server_port)
        self._writers.add(to_server)
        try:
            both = [self._pump(client, to_server), self._pump(server, to_client)]
            await asyncio.wait(map(asyncio.ensure_future, both), return_when=asyncio.ALL_COMPLETED)
        finally:
            to_server.transport.abort()
            self._writers.discard(to_server)

    async def _pump(self, source: StreamReader, sink: StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(_CHUNK):
                if self._state is State.UP:
                    sink.write(data)
                    await sink.drain()
        if self._state is State.UP:
            sink.transport.close()

    async def _end(self) -> None:
        self._listener.close()
        self._reset_all()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._listener.wait_closed()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


def _reset(writer: StreamWriter) -> None:
    with suppress(OSError):  # closed already
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_WHEN_CLOSED)
    writer.transport.abort()
