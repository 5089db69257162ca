"""The bot's queries on ten million orders, beside ten thousand: PostgreSQL's own time for them.

SHOP_ORDERS and SHOP_CALLS, in the environment, make it smaller: SHOP_ORDERS=200000 takes less than a minute.
"""

from __future__ import annotations

import asyncio
import math
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from asyncpg import Connection, Record

from benchmarks.bots.databases import Databases
from benchmarks.shops.filling import Scale, fill
from benchmarks.shops.questions import Ask, Questions, some_orders
from bot.config import Config
from bot.storage.database import open_database
from tests.hostile import PASSWORD
from tests.integration.bot.processes import TOKEN
from tests.integration.postgres import Server, docker, running_server

SMALL = Scale(10_000)
LARGE = Scale(int(os.environ.get("SHOP_ORDERS", "10_000_000")))
CALLS = int(os.environ.get("SHOP_CALLS", "2_000"))
#: Unmeasured, of each question: by then its statements are prepared and have kept a plan.
WARM_UP_CALLS = 20
BUDGET = 5.0  # ms

#: Nothing here makes reading faster. Filling waits for no disk.
SETTINGS = (
    *("fsync=off", "max_wal_size=8GB", "autovacuum=off"),
    *("shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track_planning=on", "track_io_timing=on"),
)


@dataclass(frozen=True)
class Spent:
    """What the bot's statements have taken in PostgreSQL."""

    statements: int
    time: float  # ms
    reading: float  # ms of it, for files
    pages: int  # of 8 KiB, looked into wherever they were

    def since(self, before: Spent) -> Spent:
        return Spent(*(now - then for now, then in zip(astuple(self), astuple(before), strict=True)))


@dataclass(frozen=True)
class Series:
    calls: Sequence[Spent]

    def within(self, share: float) -> float:
        """ms in which this share of the calls was done."""
        return sorted(call.time for call in self.calls)[math.ceil(share * len(self.calls)) - 1]

    @property
    def pages(self) -> int:
        """The most that a call looked into."""
        return max(call.pages for call in self.calls)

    @property
    def reading(self) -> float:
        """The share of the time that went for files."""
        return sum(call.reading for call in self.calls) / sum(call.time for call in self.calls)


Measured = dict[str, Series]


def run() -> None:
    print(
        f"the bot's queries on {LARGE} and on {SMALL}, {CALLS:,} calls of each on one connection, each about other "
        "rows: PostgreSQL's time for planning and running all statements of a call (pg_stat_statements), with its "
        f"default memory and the files in the system's cache; load {os.getloadavg()[0]:.1f} before it began",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "secrets", SETTINGS) as server:
        databases = Databases(server)
        measured = {scale: _measure(databases, scale) for scale in (SMALL, LARGE)}
    _show(measured)


def _measure(databases: Databases, scale: Scale) -> Measured:
    with databases.another() as url:
        return asyncio.run(_fill_and_ask(databases.server, url, scale))


async def _fill_and_ask(server: Server, url: str, scale: Scale) -> Measured:
    progress = _Progress(scale)
    name = url.rpartition("/")[2]
    owner = await server.connect("postgres", name)
    await fill(owner, scale, progress)
    known = await some_orders(owner, scale, CALLS)
    # The disk must not be busy any more with what was filled in, which may also have left the system's cache.
    await owner.execute("CHECKPOINT")
    await owner.close()
    os.sync()
    docker("exec", server.container, "sh", "-c", "cat /var/lib/postgresql/data/base/*/* >/dev/null")
    progress("all files written and read")
    settings = {"bot_token": TOKEN, "database_password": PASSWORD, "database_url": url}
    pool = {"database_pool_min_size": 1, "database_pool_max_size": 1}
    database = await open_database(Config.model_validate(settings | pool))
    clock = await _Clock.of(server, name)
    measured = {what: await clock.time(ask) for what, ask in Questions(database, scale, known).all().items()}
    await clock.close()
    await database.close()
    progress("measured")
    return measured


class _Progress:
    def __init__(self, scale: Scale) -> None:
        self._scale = scale
        self._began = time.monotonic()

    def __call__(self, what: str) -> None:
        print(f"  {time.monotonic() - self._began:4.0f} s  {self._scale}: {what}", flush=True)


class _Clock:
    """The time that the server has spent on the bot's statements in one database."""

    def __init__(self, connection: Connection[Record], name: str) -> None:
        self._connection = connection
        self._name = name

    @classmethod
    async def of(cls, server: Server, name: str) -> _Clock:
        # Elsewhere, for the schema that is measured has what the migrations made and nothing else.
        connection = await server.connect("postgres", "postgres")
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        return cls(connection, name)

    async def time(self, ask: Ask) -> Series:
        for _ in range(WARM_UP_CALLS):
            await ask()
        return Series([await self._one(ask) for _ in range(CALLS)])

    async def close(self) -> None:
        await self._connection.close()

    async def _one(self, ask: Ask) -> Spent:
        before = await self._spent()
        await ask()
        spent = (await self._spent()).since(before)
        assert spent.statements > 0, "the call was counted"
        return spent

    async def _spent(self) -> Spent:
        row = await self._connection.fetchrow(
            """
            SELECT coalesce(sum(calls), 0)::bigint AS statements,
                   coalesce(sum(total_plan_time + total_exec_time), 0) AS time,
                   coalesce(sum(shared_blk_read_time), 0) AS reading,
                   coalesce(sum(shared_blks_hit + shared_blks_read), 0)::bigint AS pages
            FROM pg_stat_statements
            WHERE userid = 'bot'::regrole
              AND dbid = (SELECT oid FROM pg_database WHERE datname = $1)
            """,
            self._name,
        )
        assert row is not None
        return Spent(**row)


def _show(measured: dict[Scale, Measured]) -> None:
    print(f"  {'':<36}" + "".join(f"{scale!s:>42}" for scale in measured))
    columns = f"{'median ms':>12}{'p99':>9}{'worst':>9}{'pages':>6}{'read':>6}"
    print(f"  {'':<36}" + columns * len(measured))
    for what in measured[LARGE]:
        cells = "".join(_cells(series[what]) for series in measured.values())
        late = "  OVER BUDGET" if measured[LARGE][what].within(0.99) > BUDGET else ""
        print(f"  {what:<36}{cells}   budget {BUDGET:g} ms{late}")
    print("    pages: of 8 KiB, the most that a call looked into; read: the share of the time that went for files")


def _cells(series: Series) -> str:
    times = f"{series.within(0.5):>12.3f}{series.within(0.99):>9.3f}{series.within(1):>9.3f}"
    return f"{times}{series.pages:>6}{series.reading:>6.0%}"
