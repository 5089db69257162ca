"""A migrated database of its own for every run."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from tests.integration.migrations import Migrator
from tests.integration.postgres import ROOT, Server


class Databases:
    def __init__(self, server: Server) -> None:
        self.server = server
        self._numbers = itertools.count(1)
        self._run("CREATE DATABASE bench_migrated TEMPLATE orderly")
        code, said = Migrator(server.url("migrator", "bench_migrated"), ROOT / "db/migrations").up()
        assert code == 0, said

    @contextmanager
    def another(self) -> Iterator[str]:
        """Its address, for the role of the bot; dropped at the end."""
        name = f"bench_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE bench_migrated")
        self._run("CHECKPOINT")  # so that none falls into the measurement
        try:
            yield self.server.url("bot", name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        async def run() -> None:
            connection = await self.server.connect("postgres", "postgres")
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        asyncio.run(run())
