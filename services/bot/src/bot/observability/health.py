from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.errors import StorageUnavailable
from bot.storage.database import Database

PING_WAIT = 2.0  # seconds; shorter than the healthcheck's patience, which must hear the reason


class Health:
    """What keeps the bot from serving, by component; empty means ready."""

    def __init__(self) -> None:
        self._problems: dict[str, str] = {"bot": "starting"}
        self._database: Database | None = None
        self._ping: asyncio.Task[None] | None = None
        self._asked: dict[str, Callable[[], str | None]] = {}

    def report(self, component: str, problem: str | None) -> None:
        """None says that the component works again."""
        if problem is None:
            self._problems.pop(component, None)
        else:
            self._problems[component] = problem

    def ask(self, component: str, problem: Callable[[], str | None]) -> None:
        """From now on `problem` is asked at every look."""
        self._asked[component] = problem

    def watch(self, database: Database) -> None:
        """From now on the database is asked at every look."""
        self._database = database

    async def problems(self) -> dict[str, str]:
        """Within PING_WAIT, whatever the database does."""
        problem = await self._database_problem(self._database) if self._database else None
        problems = {component: ask() for component, ask in self._asked.items()} | {"database": problem}
        return self._problems | {component: told for component, told in problems.items() if told}

    async def _database_problem(self, database: Database) -> str | None:
        # Not cancelled when it takes too long, but looked at again: a cancellation would wait for the server as well.
        if self._ping is None or self._ping.done():
            self._ping = asyncio.create_task(database.ping())
        done, _ = await asyncio.wait({self._ping}, timeout=PING_WAIT)
        if not done:
            return f"no answer within {PING_WAIT:g} s"
        error = self._ping.exception()
        if isinstance(error, StorageUnavailable):
            return str(error)
        if error is not None:
            raise error
        return None
