"""Memberships of several processes on a real server, all in the test's own; each has a connection that can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from asyncpg import Connection, Record

from bot.config import Config
from bot.storage.database import open_session
from bot.storage.membership import Membership
from tests.integration.bot.sending import eventually


class Member:
    """A process, as far as membership goes."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.connections: list[Connection[Record]] = []
        self.membership = Membership(self._open)
        self.running = asyncio.create_task(self.membership.run())

    @property
    def pid(self) -> int:
        """Of its session in the server."""
        return self.connections[-1].get_server_pid()

    @property
    def replica(self) -> int:
        assert self.membership.id is not None
        return self.membership.id

    def has_connected_again(self, before: int) -> bool:
        return len(self.connections) > before

    async def die(self) -> None:
        """The kernel closes its socket; nobody says goodbye."""
        self.running.cancel()
        with suppress(asyncio.CancelledError):
            await self.running
        for connection in self.connections:
            connection.terminate()

    async def leave(self) -> None:
        self.membership.leave()
        await self.running

    async def _open(self) -> Connection[Record]:
        connection = await open_session(self._config)
        self.connections.append(connection)
        return connection


class Group:
    """Watches that never two of its members lead, nor two rows say so."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.members: list[Member] = []

    async def join(self, channel: str | None = None, wake: Callable[[], None] = lambda: None) -> Member:
        """The first one leads."""
        member = Member(self._config)
        if channel:
            member.membership.listen(channel, wake)
        self.members.append(member)
        async with asyncio.timeout(30):
            await member.membership.joined()
            if len(self.members) == 1:
                await member.membership.elected()
        return member

    def leaders(self) -> list[Member]:
        return [member for member in self.members if member.membership.leads]

    async def new_leader(self, *, than: Member | None = None) -> Member:
        async def found() -> Member | None:
            return next((member for member in self.leaders() if member is not than), None)

        leader = await eventually(found, "somebody leads")
        assert leader is not None
        return leader

    async def watch(self) -> None:
        while True:
            assert len(self.leaders()) <= 1
            await asyncio.sleep(0.001)


@asynccontextmanager
async def watched(config: Config) -> AsyncIterator[Group]:
    group = Group(config)
    watcher = asyncio.create_task(group.watch())
    try:
        yield group
        assert not watcher.done(), watcher.exception()
    finally:
        watcher.cancel()
        for member in group.members:
            await member.die()


def is_true(condition: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return condition()

    return asked
