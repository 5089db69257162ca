"""The real migrator, as a process, and what it leaves in the database."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from asyncpg import Connection, Record

from tests.hostile import PASSWORD, PASSWORD_MARK
from tests.integration.postgres import ROOT
from tests.waiting import wait_for

if TYPE_CHECKING:
    from tests.integration.conftest import TestDatabase

TIMEOUT = 120  # seconds


class Ended(NamedTuple):
    code: int
    printed: str
    said: str


@dataclass(frozen=True)
class Running:
    """A migrator that is watched while it runs."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]

    @property
    def said(self) -> str:
        return os.pread(self.log.fileno(), 10**7, 0).decode()

    def wait_until_said(self, text: str, times: int = 1) -> None:
        wait_for(lambda: self._has_said(text, times), f"the migrator says: {text}")

    def _has_said(self, text: str, times: int) -> bool:
        # Asked first, so that nothing it says while it ends is missed.
        ended = self.process.poll() is not None
        found = self.said.count(text) >= times
        assert found or not ended, self.said
        return found

    def end(self, number: signal.Signals | None = None) -> tuple[int, str]:
        """After the signal, if one is given: the exit code and what was said."""
        if number is not None:
            self.process.send_signal(number)
        code = self.process.wait(TIMEOUT)
        assert PASSWORD_MARK not in self.said
        return code, self.said


@dataclass(frozen=True)
class Migrator:
    url: str
    directory: Path

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **settings: str) -> Ended:
        process = self.start(*arguments, **settings)
        printed, said = process.communicate(timeout=TIMEOUT)
        assert PASSWORD_MARK not in printed + said
        assert "Traceback" not in said, said
        return Ended(process.returncode, printed, said)

    def up(self, **settings: str) -> tuple[int, str]:
        """The exit code and what was said."""
        code, _, said = self.run("up", **settings)
        return code, said

    @contextmanager
    def running(self, *arguments: str, **settings: str) -> Iterator[Running]:
        """Killed at the end, if it has not ended by itself."""
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                self.command(*arguments), env=self.environment(**settings), stdin=subprocess.DEVNULL, stderr=log
            )
            try:
                yield Running(process, log)
            finally:
                process.kill()
                process.wait()

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "migrator", *(arguments or ("up",))]

    def environment(self, **settings: str) -> dict[str, str]:
        """An empty setting is as none at all."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "services/migrator/src"),
            "DATABASE_URL": self.url,
            "DATABASE_PASSWORD": PASSWORD,
            "MIGRATIONS_DIR": str(self.directory),
            **settings,
        }

    def write(self, name: str, text: str) -> None:
        (self.directory / name).write_text(text)


async def fetch(database: TestDatabase, query: str) -> list[tuple[Any, ...]]:
    connection = await database.connect("postgres")
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def execute(database: TestDatabase, query: str, role: str = "migrator") -> None:
    """As the migrator would by hand; a query alone is not in a transaction."""
    connection = await database.connect(role)
    try:
        await connection.execute(query)
    finally:
        await connection.close()


async def recorded(database: TestDatabase) -> list[str]:
    """The files applied whole."""
    query = "SELECT name FROM public.schema_migrations WHERE applied_at IS NOT NULL ORDER BY version"
    return [name for (name,) in await fetch(database, query)]


async def tables(database: TestDatabase) -> set[str]:
    rows = await fetch(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'app'")
    return {name for (name,) in rows}


async def until(connection: Connection[Record], query: str, *arguments: object, timeout: float = 30) -> Any:
    """The first true answer. Raises AssertionError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (answer := await connection.fetchval(query, *arguments)):
        assert time.monotonic() < deadline, f"not within {timeout:g} s: {query}"
        await asyncio.sleep(0.02)
    return answer


async def waiting_migrator(connection: Connection[Record], statement: str) -> int:
    """The process id of the migrator's session that waits for a lock in what holds this text."""
    query = """
        SELECT pid
        FROM pg_stat_activity
        WHERE application_name = 'orderly-migrator'
          AND datname = current_database()
          AND wait_event_type = 'Lock'
          AND query LIKE '%' || $1 || '%'
    """
    return int(await until(connection, query, statement))
