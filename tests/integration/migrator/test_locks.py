"""Several migrators at once, and tables that others use."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from asyncpg import Connection, Record

from migrator.lock import LOCK_KEY
from tests.integration.conftest import PRISTINE, TestDatabase
from tests.integration.migrations import (
    Migrator,
    Running,
    execute,
    fetch,
    recorded,
    tables,
    until,
    waiting_migrator,
)
from tests.integration.migrator.forks import Forks
from tests.integration.postgres import Server
from tests.waiting import wait_for

STARTERS = 8
ROUNDS = 20

TABLE = ("001_table.sql", "CREATE TABLE done (file int);")
ORDINARY = [TABLE, ("002_row.sql", "INSERT INTO done VALUES (2);"), ("003_row.sql", "INSERT INTO done VALUES (3);")]
WITH_INDEX = [
    TABLE,
    ("002_index.sql", "-- migrate: no-transaction\nCREATE INDEX CONCURRENTLY by_file ON done (file);"),
    ("003_rows.sql", "INSERT INTO done VALUES (2), (3);"),
]

GATE = "SELECT pg_advisory_lock_shared(1)"


@pytest.fixture
async def other(empty_database: TestDatabase) -> AsyncIterator[Connection[Record]]:
    """Somebody else's session, with the right to everything."""
    connection = await empty_database.connect("postgres")
    yield connection
    await connection.close()


@pytest.fixture
async def another_migrator(empty_database: TestDatabase) -> AsyncIterator[Connection[Record]]:
    connection = await empty_database.connect("migrator")
    await connection.execute("SET application_name = 'deployment of last night'")
    yield connection
    await connection.close()


@pytest.fixture
async def watcher(empty_database: TestDatabase) -> AsyncIterator[Connection[Record]]:
    connection = await empty_database.connect("postgres")
    yield connection
    await connection.close()


@asynccontextmanager
async def copy_of_template(server: Server) -> AsyncIterator[TestDatabase]:
    database = TestDatabase(server, f"test_{uuid.uuid4().hex}")
    maintenance = await server.connect("postgres", "postgres")
    await maintenance.execute(f'CREATE DATABASE "{database.name}" TEMPLATE "{PRISTINE}" STRATEGY file_copy')
    yield database
    await maintenance.execute(f'DROP DATABASE "{database.name}" WITH (FORCE)')
    await maintenance.close()


@asynccontextmanager
async def busy(other: Connection[Record], statement: str) -> AsyncIterator[None]:
    """A transaction that has done this and stays open."""
    await other.execute("SET search_path TO app")
    transaction = other.transaction()
    await transaction.start()
    await other.execute(statement)
    yield
    await transaction.rollback()


@pytest.mark.parametrize("files", [ORDINARY, WITH_INDEX], ids=["ordinary", "with-concurrent-index"])
async def test_many_starters_at_once_apply_each_file_once(
    server: Server, migrator: Migrator, tmp_path: Path, files: list[tuple[str, str]]
) -> None:
    for file in files:
        migrator.write(*file)
    async with AsyncExitStack() as stack:
        starters = [await stack.enter_async_context(Forks(tmp_path / f"said{number}")) for number in range(STARTERS)]
        for _ in range(ROUNDS):
            await assert_each_is_applied_once(server, migrator.directory, starters, files)


async def assert_each_is_applied_once(
    server: Server, migrations: Path, starters: list[Forks], files: list[tuple[str, str]]
) -> None:
    async with asyncio.timeout(120), copy_of_template(server) as database:
        ended = await asyncio.gather(*(starter.up(database.url("migrator"), migrations) for starter in starters))
        said = "".join(said for _, said in ended)
        assert [code for code, _ in ended] == [0] * STARTERS, said
        assert said.count("applied file=") == len(files)
        assert await recorded(database) == [name for name, _ in files]
        assert await fetch(database, "SELECT file FROM app.done ORDER BY file") == [(2,), (3,)]


async def test_a_migration_waits_for_a_reader_and_lets_the_others_through(
    migrator: Migrator, empty_database: TestDatabase, other: Connection[Record], watcher: Connection[Record]
) -> None:
    await execute(empty_database, "CREATE TABLE busy (id int)")
    migrator.write("001_a.sql", "ALTER TABLE busy ADD COLUMN more text;")
    # A query that the migration held up for much longer than its lock timeout would fail by these.
    await watcher.execute("SET search_path TO app; SET lock_timeout = '3s'; SET statement_timeout = '3s'")
    async with busy(other, "SELECT FROM busy"):
        with migrator.running(LOCK_TIMEOUT_SECONDS="0.5") as run:
            reads = 0
            while run.said.count("trying again") < 3:
                assert await watcher.fetchval("SELECT count(*) FROM busy") == 0
                assert run.process.poll() is None, run.said
                reads += 1
            assert reads > 50
            await other.execute("COMMIT")
            code, said = run.end()
    assert code == 0, said
    assert "others use the same tables; trying again file=001_a.sql tries=2" in said
    assert await recorded(empty_database) == ["001_a.sql"]


@pytest.mark.parametrize(
    ("retry", "tried"), [("0", r"Tried once within 0 s\."), ("2", r"Tried [2-9] times within 2 s\.")]
)
async def test_a_table_that_is_never_free_ends_with_code_1_and_says_how_often_it_tried(
    migrator: Migrator, empty_database: TestDatabase, other: Connection[Record], retry: str, tried: str
) -> None:
    await execute(empty_database, "CREATE TABLE busy (id int)")
    migrator.write("001_a.sql", "CREATE TABLE a (id int);\nALTER TABLE busy ADD COLUMN more text;")
    async with busy(other, "SELECT FROM busy"):
        code, said = await asyncio.to_thread(migrator.up, LOCK_TIMEOUT_SECONDS="0.1", LOCK_RETRY_SECONDS=retry)
    assert code == 1
    assert "001_a.sql:2:1: canceling statement due to lock timeout (SQLSTATE 55P03)" in said
    assert re.search(tried, said), said
    assert await tables(empty_database) == {"busy"}
    assert migrator.up()[0] == 0


async def test_a_file_that_is_tried_again_finds_its_session_as_new(
    migrator: Migrator, empty_database: TestDatabase, other: Connection[Record]
) -> None:
    await execute(empty_database, "CREATE TABLE busy (id int)")
    migrator.write("001_first.sql", "SELECT 1;")
    assert migrator.up()[0] == 0
    migrator.write(
        "002_a.sql",
        "SET search_path TO app;\nPREPARE mine AS SELECT 1;\nCREATE TEMPORARY TABLE mine ();\n"
        "DECLARE mine CURSOR WITH HOLD FOR SELECT 1;\nALTER TABLE busy ADD COLUMN more text;",
    )
    async with busy(other, "SELECT FROM busy"):
        with migrator.running(LOCK_TIMEOUT_SECONDS="0.2") as run:
            run.wait_until_said("trying again", times=2)
            await other.execute("COMMIT")
            code, said = run.end()
    assert code == 0, said


async def test_a_deadlock_is_tried_again(
    migrator: Migrator, empty_database: TestDatabase, other: Connection[Record], watcher: Connection[Record]
) -> None:
    await execute(empty_database, "CREATE TABLE a (id int); CREATE TABLE b (id int)")
    migrator.write("001_first.sql", "SELECT 1;")
    assert migrator.up()[0] == 0
    migrator.write("002_both.sql", f"LOCK TABLE a;\n{GATE};\nLOCK TABLE b;")
    await watcher.execute("SELECT pg_advisory_lock(1)")
    await other.execute("SET deadlock_timeout = '10min'")  # the migrator is to be the one that notices
    async with busy(other, "LOCK TABLE b"):
        with migrator.running(LOCK_TIMEOUT_SECONDS="60") as run:
            await waiting_migrator(watcher, GATE)
            second = asyncio.create_task(other.execute("LOCK TABLE a"))
            await until(watcher, "SELECT count(*) > 1 FROM pg_locks WHERE NOT granted")
            await watcher.execute("SELECT pg_advisory_unlock(1)")
            await asyncio.to_thread(run.wait_until_said, "trying again")
            await second
            await other.execute("COMMIT")
            code, said = run.end()
    assert code == 0, said
    assert await recorded(empty_database) == ["001_first.sql", "002_both.sql"]


@pytest.mark.parametrize("head", ["", "-- migrate: no-transaction\n"], ids=["transaction", "no-transaction"])
async def test_timeouts_that_a_file_asks_for_are_in_force_and_end_with_it(
    migrator: Migrator, empty_database: TestDatabase, head: str
) -> None:
    seen = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
    asked = f"{head}-- migrate: lock-timeout 7s\n-- migrate: statement-timeout 8min\n"
    migrator.write("001_table.sql", "CREATE TABLE seen (patience text, duration text);")
    migrator.write("002_asked.sql", f"{asked}INSERT INTO seen {seen};")
    migrator.write("003_default.sql", f"INSERT INTO seen {seen};")
    migrator.write("004_none.sql", f"{head}-- migrate: lock-timeout 0\nINSERT INTO seen {seen};")
    migrator.write("005_default.sql", f"{head}INSERT INTO seen {seen};")
    code, said = migrator.up(LOCK_TIMEOUT_SECONDS="3")
    assert code == 0, said
    rows = [("7s", "8min"), ("3s", "0"), ("0", "0"), ("3s", "0")]
    assert await fetch(empty_database, "TABLE app.seen") == rows


@pytest.mark.parametrize("head", ["", "-- migrate: no-transaction\n"], ids=["transaction", "no-transaction"])
def test_a_statement_that_takes_longer_than_the_file_allows_fails(migrator: Migrator, head: str) -> None:
    migrator.write("001_slow.sql", f"{head}-- migrate: statement-timeout 100ms\nSELECT pg_sleep(60);")
    code, said = migrator.up()
    assert code == 1
    assert "canceling statement due to statement timeout (SQLSTATE 57014)" in said


async def test_a_concurrent_statement_waits_without_end_and_an_ordinary_one_beside_it_is_tried_again(
    migrator: Migrator, empty_database: TestDatabase, other: Connection[Record], watcher: Connection[Record]
) -> None:
    await execute(empty_database, "CREATE TABLE busy (id int)")
    migrator.write(
        "001_index.sql",
        "-- migrate: no-transaction\nCREATE INDEX CONCURRENTLY by_id ON busy (id);\nALTER TABLE busy ADD more text;",
    )
    async with busy(other, "INSERT INTO busy VALUES (1)"):
        with migrator.running(LOCK_TIMEOUT_SECONDS="0.2") as run:
            await waiting_migrator(watcher, "CREATE INDEX")
            await until(
                watcher,
                "SELECT true FROM pg_stat_activity WHERE now() - query_start > '1 s' AND query ~ '^CREATE INDEX'",
            )
            assert "trying again" not in run.said
            # Without a snapshot, for whose end the index would wait, too.
            await other.execute("COMMIT; BEGIN; LOCK TABLE busy IN ACCESS SHARE MODE")
            run.wait_until_said("trying again", times=2)
            await other.execute("COMMIT")
            code, said = run.end()
    assert code == 0, said
    assert await fetch(empty_database, "SELECT indisvalid FROM pg_index WHERE indrelid = 'app.busy'::regclass") == [
        (True,)
    ]


@pytest.mark.parametrize("asked", ["100ms", "200ms"], ids=["another", "the-same-as-without"])
async def test_a_concurrent_statement_waits_no_longer_than_the_file_says(
    migrator: Migrator, empty_database: TestDatabase, other: Connection[Record], asked: str
) -> None:
    await execute(empty_database, "CREATE TABLE busy (id int)")
    migrator.write(
        "001_index.sql",
        f"-- migrate: no-transaction\n-- migrate: lock-timeout {asked}\nCREATE INDEX CONCURRENTLY by_id ON busy (id);",
    )
    async with busy(other, "INSERT INTO busy VALUES (1)"):
        with migrator.running(LOCK_TIMEOUT_SECONDS="0.2", LOCK_RETRY_SECONDS="1") as run:
            # Longer than any try of it, should it wait without end.
            code = await asyncio.to_thread(run.process.wait, 10)
            said = run.end()[1]
    assert code == 1, said
    assert "SQLSTATE 55P03" in said


async def test_the_lock_is_waited_for_outside_of_a_transaction_and_its_holder_named(
    migrator: Migrator, empty_database: TestDatabase, another_migrator: Connection[Record], watcher: Connection[Record]
) -> None:
    migrator.write("001_a.sql", "CREATE TABLE a (id int);")
    await execute(empty_database, "CREATE TABLE indexed (id int)")
    await another_migrator.fetchval("SELECT pg_advisory_lock($1)", LOCK_KEY)
    with migrator.running() as run:
        run.wait_until_said(
            f"waiting for another migrator holder=process {another_migrator.get_server_pid()} (deployment of last night"
        )
        for _ in range(100):
            assert not await watcher.fetchval(BETWEEN_QUERIES_IN_A_TRANSACTION)
        # It would wait for a session with a snapshot, and such a session that waits for the lock for it in turn.
        await another_migrator.execute("CREATE INDEX CONCURRENTLY by_id ON app.indexed (id)")
        assert await tables(empty_database) == {"indexed"}
        await another_migrator.fetchval("SELECT pg_advisory_unlock($1)", LOCK_KEY)
        code, said = run.end()
    assert code == 0, said
    assert said.count("waiting for another migrator") == 1
    assert await tables(empty_database) == {"a", "indexed"}


BETWEEN_QUERIES_IN_A_TRANSACTION = """
    SELECT count(*)
    FROM pg_stat_activity
    WHERE application_name = 'orderly-migrator'
      AND datname = current_database()
      AND (wait_event_type = 'Lock' OR (state <> 'active' AND (xact_start IS NOT NULL OR backend_xmin IS NOT NULL)))
"""


async def test_a_lock_that_is_never_free_ends_with_code_5_and_names_its_holder(
    migrator: Migrator, another_migrator: Connection[Record]
) -> None:
    migrator.write("001_a.sql", "SELECT 1;")
    await another_migrator.fetchval("SELECT pg_advisory_lock($1)", LOCK_KEY)
    code, said = migrator.up(LOCK_WAIT_SECONDS="0.3")
    assert code == 5
    assert "Another migrator held the lock for 0.3 s: process" in said
    assert "deployment of last night" in said
    await another_migrator.fetchval("SELECT pg_advisory_unlock($1)", LOCK_KEY)
    assert migrator.up()[0] == 0


async def test_a_holder_of_another_role_is_told_as_far_as_it_may_be_known(
    migrator: Migrator, other: Connection[Record]
) -> None:
    """PostgreSQL shows the origin of a session to its own role alone."""
    migrator.write("001_a.sql", "SELECT 1;")
    await other.fetchval("SELECT pg_advisory_lock($1)", LOCK_KEY)
    code, said = migrator.up(LOCK_WAIT_SECONDS="0.3")
    assert code == 5
    assert f"Another migrator held the lock for 0.3 s: process {other.get_server_pid()}" in said


async def test_a_starter_that_had_to_wait_does_nothing_when_all_is_done(
    migrator: Migrator, empty_database: TestDatabase, watcher: Connection[Record]
) -> None:
    migrator.write("001_a.sql", f"CREATE TABLE a (id int); {GATE};")
    await watcher.execute("SELECT pg_advisory_lock(1)")
    with migrator.running() as first, migrator.running() as second:
        await waiting_migrator(watcher, GATE)
        later = _waiting(first, second)
        await watcher.execute("SELECT pg_advisory_unlock(1)")
        ended = [run.end() for run in (first, second)]
        assert later.said.endswith("migrator: schema is up to date version=1 applied=0\n")
        assert "applied file=" not in later.said
    assert [code for code, _ in ended] == [0, 0], ended


def _waiting(first: Running, second: Running) -> Running:
    """The one of the two that came too late."""
    text = "waiting for another migrator"
    return wait_for(lambda: [run for run in (first, second) if text in run.said], text)[0]


async def test_a_file_that_releases_every_lock_is_followed_by_others_under_the_lock(
    migrator: Migrator, empty_database: TestDatabase, watcher: Connection[Record]
) -> None:
    migrator.write("001_first.sql", "CREATE TABLE a (id int); SELECT pg_advisory_unlock_all();")
    migrator.write("002_unlock.sql", "-- migrate: no-transaction\nSELECT pg_advisory_unlock_all();")
    migrator.write("003_gate.sql", f"CREATE TABLE b (id int); {GATE};")
    await watcher.execute("SELECT pg_advisory_lock(1)")
    with migrator.running() as run:
        await waiting_migrator(watcher, GATE)
        assert not await watcher.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY)
        await watcher.execute("SELECT pg_advisory_unlock(1)")
        code, said = run.end()
    assert code == 0, said
    assert await tables(empty_database) == {"a", "b"}


async def test_a_no_transaction_file_that_releases_every_lock_has_the_lock_again_in_its_next_statement(
    migrator: Migrator, watcher: Connection[Record]
) -> None:
    migrator.write("001_unlock.sql", f"-- migrate: no-transaction\nSELECT pg_advisory_unlock_all();\n{GATE};")
    await watcher.execute("SELECT pg_advisory_lock(1)")
    with migrator.running() as run:
        await waiting_migrator(watcher, GATE)
        free = await watcher.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY)
        await watcher.execute("SELECT pg_advisory_unlock_all()")
        code, said = run.end()
    assert code == 0, said
    assert not free


@pytest.mark.parametrize("head", ["", "-- migrate: no-transaction\n"], ids=["transaction", "no-transaction"])
async def test_a_lock_that_another_takes_between_two_files_stops_the_run(
    migrator: Migrator,
    empty_database: TestDatabase,
    another_migrator: Connection[Record],
    watcher: Connection[Record],
    head: str,
) -> None:
    migrator.write("001_unlock.sql", f"CREATE TABLE a (id int); SELECT pg_advisory_unlock_all(); {GATE};")
    migrator.write("002_next.sql", f"{head}CREATE TABLE b (id int);")
    await watcher.execute("SELECT pg_advisory_lock(1)")
    with migrator.running() as run:
        await waiting_migrator(watcher, GATE)
        # It stands in the queue, and so has the lock as soon as the first file is committed.
        taken = asyncio.create_task(another_migrator.execute(f"SELECT pg_advisory_lock({LOCK_KEY})"))
        await until(watcher, "SELECT count(*) > 1 FROM pg_locks WHERE NOT granted")
        await watcher.execute("SELECT pg_advisory_unlock(1)")
        code, said = await asyncio.to_thread(run.end)
        await taken
    assert code == 5, said
    assert "The lock was lost to another migrator: process" in said
    assert "deployment of last night" in said
    assert await recorded(empty_database) == ["001_unlock.sql"]
    assert await tables(empty_database) == {"a"}
