"""A run that is cut off, wherever that may be, and then run again ends as an undisturbed one."""

from __future__ import annotations

import asyncio
import re
import signal
import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from asyncpg import Connection, Record

from tests.integration.conftest import PRISTINE
from tests.integration.migrator.awaiting import wait_for
from tests.integration.migrator.cut_off_files import BLOCKERS, LONG_TEXTS, LONG_TEXTS_BLOCKER, STAGES, Blocker, Stage
from tests.integration.migrator.forks import Forks
from tests.integration.migrator.proxy import Moment, Proxy, Stop
from tests.integration.postgres import Server, running_server

RecordProperty = Callable[[str, object], None]

AT_ONCE = 4
TIMEOUT = 60  # seconds for a case

_RECORD = """
    SELECT version, name, checksum, applied_at IS NOT NULL, statements, finished_part, running
    FROM public.schema_migrations
    ORDER BY version
"""
#: Indexes that are not valid, and partitions that are half detached.
_LEFTOVERS = """
    SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid
    UNION ALL
    SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhdetachpending
"""
_WAITS = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = $1"
_LIVES = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1"

#: Of a line of the record in a dump.
_TIMES = re.compile(r"'[0-9-]{10} [0-9:.+]+', '[^']*'")
_APPLIED = re.compile(r"applied file=(\S+)")
_ROLLED_BACK = re.compile(r"rolled back file=(\S+)")


@dataclass(frozen=True)
class State:
    record: list[Record]
    leftovers: list[Record]
    dump: list[str]


@dataclass(frozen=True)
class Undisturbed:
    """What a run of a stage does, and what it leaves."""

    stage: Stage
    template: str
    migrations: Path
    queries: list[str]
    state: State


class Place:
    """Where one case after the other is tried, in a database of its own."""

    def __init__(self, server: Server, admin: Connection[Record], forks: Forks, shell: asyncio.subprocess.Process):
        self.server = server
        self.port = server.port
        self.admin = admin
        self.forks = forks
        self.database = f"cut_off_{uuid.uuid4().hex}"
        self._shell = shell

    def url(self, port: int) -> str:
        return f"postgresql://migrator@127.0.0.1:{port}/{self.database}?sslmode=disable"

    async def up(self, migrations: Path) -> tuple[int, str]:
        return await self.forks.up(self.url(self.port), migrations)

    async def renew(self, template: str) -> None:
        await self.drop()
        await self.admin.execute(f'CREATE DATABASE "{self.database}" TEMPLATE "{template}" STRATEGY file_copy')

    async def drop(self) -> None:
        await self.admin.execute(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')

    async def dump(self) -> list[str]:
        """Schema and rows, without what differs between two runs alike; the order of rows means nothing."""
        assert self._shell.stdin
        assert self._shell.stdout
        self._shell.stdin.write(f"pg_dump -U postgres --inserts {self.database} 2>&1; echo end\n".encode())
        lines = []
        while (line := (await self._shell.stdout.readline()).decode()) != "end\n":
            assert line, "the shell has ended"
            if not line.startswith(("\\restrict", "\\unrestrict")):
                lines.append(_TIMES.sub("…", line))
        return sorted(lines, key=lambda line: line if line.startswith("INSERT INTO") else "")

    async def state(self) -> State:
        connection = await self.server.connect("postgres", self.database)
        try:
            return State(await connection.fetch(_RECORD), await connection.fetch(_LEFTOVERS), await self.dump())
        finally:
            await connection.close()

    async def gone(self, backend: int) -> None:
        await self._until(_LIVES, backend, 0)

    async def waiting(self, backend: int) -> None:
        """Until it waits for a lock."""
        await self._until(_WAITS, backend, True)

    async def _until(self, query: str, backend: int, result: object) -> None:
        async def is_so() -> bool:
            return bool(await self.admin.fetchval(query, backend) == result)

        await wait_for(is_so, f"{query} is {result}")


async def kill(place: Place, proxy: Proxy) -> None:
    place.forks.signal(signal.SIGKILL)
    proxy.resume(pass_on=False)


async def terminate(place: Place, proxy: Proxy) -> None:
    assert await place.admin.fetchval("SELECT pg_terminate_backend($1)", proxy.backend)
    await place.gone(proxy.backend)
    proxy.resume(pass_on=False)


async def sigterm(place: Place, proxy: Proxy) -> None:
    """What was under way arrives all the same, after the migrator has asked the server to stop it."""
    place.forks.signal(signal.SIGTERM)
    await wait_for(proxy.was_cancelled, "the migrator asks the server to stop the query", 10)
    proxy.resume(pass_on=True)


async def cut(place: Place, proxy: Proxy) -> None:
    proxy.cut()


@dataclass(frozen=True)
class Fault:
    name: str
    happen: Callable[[Place, Proxy], Awaitable[None]]
    #: The migrator awaits an answer at each point, even at the last to its unlock, so none of them ends with 0.
    code: int
    #: The server, busy with a statement, does not notice it.
    unnoticed: bool


KILL = Fault("kill -9", kill, -9, unnoticed=True)
TERMINATE = Fault("terminate", terminate, 4, unnoticed=False)
SIGTERM = Fault("SIGTERM", sigterm, 143, unnoticed=False)
CUT = Fault("cut", cut, 4, unnoticed=True)
FAULTS = (KILL, TERMINATE, SIGTERM, CUT)


@dataclass(frozen=True)
class Case:
    """One cell of the table."""

    row: str
    column: str
    run: Callable[[Place], Awaitable[int]]


@pytest.fixture(scope="module")
def quick_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Most of the time of a case goes into logins and new databases."""
    settings = ("fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "scram_iterations=1")
    secrets = tmp_path_factory.mktemp("postgres") / "secrets"
    with running_server(secrets, (*settings, "autovacuum=off"), in_memory=True) as running:
        yield running


async def test_a_run_cut_off_before_or_after_any_query_is_made_good_by_the_next(
    quick_server: Server, tmp_path: Path, record_property: RecordProperty
) -> None:
    """Of the files both kinds, and of the migrator's own queries, all that a run makes."""
    async with places(quick_server, tmp_path) as chosen:
        stages = [stage async for stage in undisturbed(chosen[0], tmp_path, STAGES)]
        cases = [case for before, stage in enumerate(stages) for case in at_queries(stage, stages[:before])]
        await try_all(chosen, cases, record_property)


async def test_a_run_cut_off_within_a_statement_is_made_good_by_the_next(
    quick_server: Server, tmp_path: Path, record_property: RecordProperty
) -> None:
    async with places(quick_server, tmp_path) as chosen:
        stages = {stage.stage.name: stage async for stage in undisturbed(chosen[0], tmp_path, STAGES)}
        cases = [case for blocker in BLOCKERS for case in while_blocked(stages[blocker.stage.name], blocker)]
        await try_all(chosen, cases, record_property)


async def test_what_a_reindex_that_was_cut_off_leaves_beside_long_texts_is_told(
    quick_server: Server, tmp_path: Path
) -> None:
    async with a_place(quick_server, tmp_path / "said") as place:
        [stage] = [stage async for stage in undisturbed(place, tmp_path, [LONG_TEXTS])]
        _, (code, said) = await interrupt(place, stage, LONG_TEXTS_BLOCKER, TERMINATE)
        assert code == 0, said
        left = [index for (index,) in (await place.state()).leftovers]
        assert [index for index in left if index not in said] == [], said


@asynccontextmanager
async def places(server: Server, directory: Path) -> AsyncIterator[list[Place]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(a_place(server, directory / f"said{n}")) for n in range(AT_ONCE)]


@asynccontextmanager
async def a_place(server: Server, said: Path) -> AsyncIterator[Place]:
    shell = await asyncio.create_subprocess_exec(
        *("docker", "exec", "--interactive", server.container, "sh"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert shell.stdin
    admin = await server.connect("postgres", "postgres")
    try:
        async with Forks(said) as forks:
            yield Place(server, admin, forks, shell)
    finally:
        await admin.close()
        shell.stdin.close()
        await shell.wait()


async def undisturbed(place: Place, directory: Path, stages: Sequence[Stage]) -> AsyncIterator[Undisturbed]:
    """Each stage's run, and its end as the beginning of the next; a further run finds nothing to do there."""
    template, files = PRISTINE, dict[str, str]()
    for number, stage in enumerate(stages):
        files |= stage.files
        migrations = directory / f"migrations{number}"
        migrations.mkdir()
        for name, text in files.items():
            (migrations / name).write_text(text)
        await place.renew(template)
        async with Proxy(place.port) as proxy:
            code, said = await place.forks.up(place.url(proxy.port), migrations)
        assert code == 0, said
        code, said = await place.up(migrations)
        assert (code, said.rpartition(" ")[2]) == (0, "applied=0\n"), said
        state = await place.state()
        assert not state.leftovers
        yield Undisturbed(stage, template, migrations, proxy.queries, state)
        template = f"{place.database}_{number}"
        await place.admin.execute(f'ALTER DATABASE "{place.database}" RENAME TO "{template}"')


def at_queries(expected: Undisturbed, before: Sequence[Undisturbed]) -> Iterator[Case]:
    known = {sql for stage in before for sql in stage.queries}
    for number, sql in enumerate(expected.queries):
        if not expected.stage.everywhere and (sql in known or not expected.stage.says(sql)):
            continue
        row = f"{expected.stage.name} {number:3}: {shortened(sql)}"
        for moment in Moment:
            for fault in FAULTS:
                run = partial(cut_off_at, expected=expected, stop=Stop(number, moment), fault=fault)
                yield Case(row, f"{moment.value} {fault.name}", run)


async def cut_off_at(place: Place, expected: Undisturbed, stop: Stop, fault: Fault) -> int:
    await place.renew(expected.template)
    async with Proxy(place.port, stop) as proxy:
        await place.forks.start(place.url(proxy.port), expected.migrations)
        await proxy.reached.wait()
        await fault.happen(place, proxy)
        code, said = await place.forks.ended()
        await place.gone(proxy.backend)
    assert (code, "Traceback" in said) == (fault.code, False), said
    second = await place.up(expected.migrations)
    await check(place, expected, said, second)
    return code


def while_blocked(expected: Undisturbed, blocker: Blocker) -> Iterator[Case]:
    for fault in FAULTS:
        run = partial(cut_off_within, expected=expected, blocker=blocker, fault=fault)
        yield Case(f"{blocker.statement}, which waits for {blocker.who}", fault.name, run)


async def cut_off_within(place: Place, expected: Undisturbed, blocker: Blocker, fault: Fault) -> int:
    first, second = await interrupt(place, expected, blocker, fault)
    await check(place, expected, first, second)
    return fault.code


async def interrupt(place: Place, expected: Undisturbed, blocker: Blocker, fault: Fault) -> tuple[str, tuple[int, str]]:
    """What the run that was cut off said, and the result of the next one, which the blocker at last lets through."""
    number = next(n for n, sql in enumerate(expected.queries) if sql.startswith(blocker.statement))
    await place.renew(expected.template)
    async with Proxy(place.port, Stop(number, Moment.BEFORE)) as proxy:
        await place.forks.start(place.url(proxy.port), expected.migrations)
        await proxy.reached.wait()
        async with somebody(place, blocker.did):
            proxy.resume(pass_on=True)
            await place.waiting(proxy.backend)
            await fault.happen(place, proxy)
            code, said = await place.forks.ended()
            assert (code, "Traceback" in said) == (fault.code, False), said
            if not fault.unnoticed:
                await place.gone(proxy.backend)
            else:
                await place.forks.start(place.url(place.port), expected.migrations)
                await place.forks.says("waiting for another migrator")
        return said, await (place.forks.ended() if fault.unnoticed else place.up(expected.migrations))


@asynccontextmanager
async def somebody(place: Place, does: str) -> AsyncIterator[None]:
    """In a transaction that stays open."""
    connection = await place.server.connect("postgres", place.database)
    try:
        await connection.execute(f"SET search_path = app, public; BEGIN; {does}")
        yield
    finally:
        await connection.close()


async def check(place: Place, expected: Undisturbed, first: str, second: tuple[int, str]) -> None:
    """That all is as after the undisturbed run, and what was said is true."""
    code, said = second
    assert (code, "Traceback" in said) == (0, False), said
    assert await place.state() == expected.state
    applied = _APPLIED.findall(said)
    assert not set(_APPLIED.findall(first)) & set(applied), f"{first}{said}"
    assert set(_ROLLED_BACK.findall(first)) <= set(applied), f"{first}{said}"


async def try_all(chosen: list[Place], cases: list[Case], record_property: RecordProperty) -> None:
    """Several at once; the table is printed at the end, and it fails with every case that did not end well."""
    todo, results, failures = deque(cases), dict[Case, str](), list[str]()

    async def work(place: Place) -> None:
        while todo:
            case = todo.popleft()
            try:
                async with asyncio.timeout(TIMEOUT):
                    results[case] = str(await case.run(place))
            except Exception as problem:  # noqa: BLE001 - it is told with its cell
                results[case] = "FAIL"
                failures.append(f"{case.row}, {case.column}: {problem!r}\n{await place.forks.stop()}")

    async with asyncio.TaskGroup() as group:
        for place in chosen:
            group.create_task(work(place))
    shown = table({case: results[case] for case in cases})
    record_property("table", f"{shown}\n{len(cases)} runs cut off, {len(failures)} of them not made good")
    assert not failures, "\n\n".join(failures)


def table(results: dict[Case, str]) -> str:
    """Exit codes: a line for each point, a column for each fault."""
    columns = list(dict.fromkeys(case.column for case in results))
    rows: dict[str, dict[str, str]] = {}
    for case, result in results.items():
        rows.setdefault(case.row, {})[case.column] = result
    lines = [["", *columns], *([row, *(cells.get(column, "") for column in columns)] for row, cells in rows.items())]
    widths = [max(len(line[n]) for line in lines) for n in range(len(columns) + 1)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def shortened(sql: str) -> str:
    words = " ".join(sql.split())
    return words if len(words) <= 60 else f"{words[:59]}…"
