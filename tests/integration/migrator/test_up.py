from __future__ import annotations

import json
import signal
import subprocess
from typing import Any

import pytest
from asyncpg import Connection, Record

from migrator.lock import LOCK_KEY
from tests.integration.conftest import TestDatabase
from tests.integration.migrations import Migrator
from tests.integration.postgres import Server, docker


async def fetch(database: TestDatabase, query: str) -> list[tuple[Any, ...]]:
    connection = await database.connect("postgres")
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def recorded(database: TestDatabase) -> list[str]:
    rows = await fetch(database, "SELECT name FROM public.schema_migrations ORDER BY version")
    return [name for (name,) in rows]


async def tables(database: TestDatabase) -> set[str]:
    rows = await fetch(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'app'")
    return {name for (name,) in rows}


async def sleeping(connection: Connection[Record], process: subprocess.Popen[str]) -> int:
    """Waits until the migrator's session is in pg_sleep; its process id."""
    query = """
        SELECT pid
        FROM pg_stat_activity
        WHERE query LIKE 'SELECT pg_sleep%'
          AND datname = current_database()
    """
    while not (pid := await connection.fetchval(query)):
        assert process.poll() is None
    return int(pid)


async def test_files_are_applied_in_order_and_once(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_a.sql", "CREATE TABLE a (id int);")
    migrator.write("002_b.sql", "INSERT INTO a VALUES (1); INSERT INTO a VALUES (2);")
    code, said = migrator.up()
    assert code == 0, said
    assert [line.split(" ms=")[0] for line in said.splitlines()] == [
        "migrator: applied file=001_a.sql",
        "migrator: applied file=002_b.sql",
        "migrator: schema is up to date version=2 applied=2",
    ]
    assert migrator.up() == (0, "migrator: schema is up to date version=2 applied=0\n")
    migrator.write("003_c.sql", "INSERT INTO a VALUES (3);")
    assert migrator.up()[0] == 0
    assert await fetch(empty_database, "SELECT id FROM app.a ORDER BY id") == [(1,), (2,), (3,)]
    assert await recorded(empty_database) == ["001_a.sql", "002_b.sql", "003_c.sql"]


@pytest.mark.parametrize(
    ("sql", "place", "reason"),
    [
        ("CREATE TABLE half (id int);\n\nSELEC 1;", "3:1", "syntax error"),
        ("CREATE TABLE half (id int);\n-- why\nINSERT INTO\n  nowhere VALUES (1);", "4:3", "42P01"),
        ("CREATE TABLE half (id int);\nSELECT 1/0;", "2:1", "22012"),
        ("CREATE TABLE half (id int PRIMARY KEY);\nINSERT INTO half VALUES (1), (1);", "2:1", "detail: Key (id)=(1)"),
        (
            "CREATE TABLE half (id int PRIMARY KEY, other int REFERENCES half DEFERRABLE INITIALLY DEFERRED);\n"
            "INSERT INTO half VALUES (1, 2);",
            "2:1",
            "23503",
        ),
        ("CREATE TABLE half (id int);\nCOMMIT;\nSELECT 1/0;", "2:1", "one transaction already"),
    ],
)
async def test_a_failing_file_is_rolled_back_whole_and_its_place_told(
    migrator: Migrator, empty_database: TestDatabase, sql: str, place: str, reason: str
) -> None:
    migrator.write("001_good.sql", "CREATE TABLE good (id int);")
    migrator.write("002_bad.sql", sql)
    migrator.write("003_never.sql", "CREATE TABLE never (id int);")
    code, said = migrator.up()
    assert code == 1
    assert f"002_bad.sql:{place}: " in said
    assert reason in said
    assert "Traceback" not in said
    assert await tables(empty_database) == {"good"}
    assert await recorded(empty_database) == ["001_good.sql"]

    migrator.write("002_bad.sql", "CREATE TABLE mended (id int);")
    assert migrator.up()[0] == 0
    assert await tables(empty_database) == {"good", "mended", "never"}


async def test_what_a_file_sets_ends_with_it(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_a.sql", "SELECT set_config('search_path', '', false); SET ROLE pg_database_owner;")
    migrator.write("002_b.sql", "CREATE TABLE b (id int);")
    superuser = await empty_database.connect("postgres")
    await superuser.execute(f'ALTER DATABASE "{empty_database.name}" OWNER TO migrator')
    await superuser.close()
    code, said = migrator.up()
    assert code == 0, said
    assert await fetch(empty_database, "SELECT tableowner FROM pg_tables WHERE tablename = 'b'") == [("migrator",)]


async def test_a_changed_history_is_refused_before_anything_runs(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    migrator.write("001_a.sql", "CREATE TABLE a (id int);")
    assert migrator.up()[0] == 0
    migrator.write("001_a.sql", "CREATE TABLE a (id bigint);")
    migrator.write("002_b.sql", "CREATE TABLE b (id int);")
    code, said = migrator.up()
    assert code == 3
    assert "001_a.sql: was changed after it was applied" in said
    assert await tables(empty_database) == {"a"}


async def test_many_migrators_at_once_apply_each_file_once(migrator: Migrator, empty_database: TestDatabase) -> None:
    for number in range(1, 6):
        migrator.write(f"{number:03}_t.sql", f"CREATE TABLE t{number} (id int); SELECT pg_sleep(0.05);")
    running = [migrator.start() for _ in range(6)]
    results = [(process.communicate(timeout=120)[1], process.returncode) for process in running]
    assert [code for _, code in results] == [0] * 6, results
    assert sum(said.count("applied file=") for said, _ in results) == 5
    assert len(await recorded(empty_database)) == 5


async def test_a_lock_that_is_never_free_ends_with_code_5_and_names_its_holder(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    migrator.write("001_a.sql", "SELECT 1;")
    holder = await empty_database.connect("migrator")
    await holder.execute("SET application_name = 'deployment of last night'")
    await holder.fetchval("SELECT pg_advisory_lock($1)", LOCK_KEY)
    code, said = migrator.up(LOCK_WAIT_SECONDS="0.3")
    await holder.close()
    assert code == 5
    assert "deployment of last night" in said
    assert migrator.up()[0] == 0


async def test_sigterm_rolls_back_and_ends_with_code_143(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_slow.sql", "CREATE TABLE half (id int);\nSELECT pg_sleep(600);")
    process = migrator.start()
    connection = await empty_database.connect("postgres")
    await sleeping(connection, process)
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 143, said
    assert "rolled back" in said
    assert await tables(empty_database) == set()
    await connection.close()


async def test_sigterm_ends_the_migrator_also_when_the_database_does_not_answer(
    migrator: Migrator, empty_database: TestDatabase, server: Server
) -> None:
    migrator.write("001_slow.sql", "CREATE TABLE half (id int);\nSELECT pg_sleep(2);")
    process = migrator.start()
    connection = await empty_database.connect("postgres")
    await sleeping(connection, process)
    docker("pause", server.container)
    try:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    finally:
        docker("unpause", server.container)
    assert process.returncode == 143
    await connection.close()
    assert await tables(empty_database) == set()


async def test_kill_9_leaves_nothing_half_done_and_no_lock(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_slow.sql", "CREATE TABLE half (id int);\nSELECT pg_sleep(2);")
    process = migrator.start()
    connection = await empty_database.connect("postgres")
    await sleeping(connection, process)
    process.kill()
    process.communicate(timeout=60)
    assert await tables(empty_database) == set()
    migrator.write("001_slow.sql", "CREATE TABLE whole (id int);")
    code, said = migrator.up()
    assert code == 0, said
    assert await tables(empty_database) == {"whole"}
    await connection.close()


async def test_a_cut_connection_is_told_and_leaves_nothing(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_slow.sql", "CREATE TABLE half (id int);\nSELECT pg_sleep(600);")
    process = migrator.start()
    connection = await empty_database.connect("postgres")
    await connection.fetch("SELECT pg_terminate_backend($1)", await sleeping(connection, process))
    said = process.communicate(timeout=60)[1]
    await connection.close()
    assert process.returncode == 4, said
    assert "Traceback" not in said
    assert await tables(empty_database) == set()


def test_a_wrong_password_fails_at_once(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "SELECT 1;")
    code, said = migrator.up(DATABASE_PASSWORD="wrong", DATABASE_WAIT_SECONDS="3600")
    assert code == 4
    assert "password authentication failed" in said
    assert "docs/operations.md" in said


def test_a_missing_database_fails_at_once(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "SELECT 1;")
    code, said = migrator.up(DATABASE_URL=migrator.url + "x", DATABASE_WAIT_SECONDS="3600")
    assert code == 4
    assert "does not exist" in said


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-host.invalid"])
def test_a_server_that_never_comes_ends_with_code_4(migrator: Migrator, host: str) -> None:
    migrator.write("001_a.sql", "SELECT 1;")
    code, said = migrator.up(DATABASE_URL=f"postgresql://migrator@{host}/orderly", DATABASE_WAIT_SECONDS="1")
    assert code == 4
    assert "waiting for the database" in said
    assert "No database within 1 s" in said


async def test_a_role_without_rights_is_told_what_it_lacks(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_a.sql", "SELECT 1;")
    code, said = migrator.up(DATABASE_URL=empty_database.url("bot"))
    assert code == 1
    assert "CREATE on the schema public" in said
    assert "Traceback" not in said


def test_json_logs_are_one_object_a_line(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "CREATE TABLE a (id int);")
    code, said = migrator.up(LOG_FORMAT="json")
    assert code == 0
    events = [json.loads(line) for line in said.splitlines()]
    assert [event["event"] for event in events] == ["applied", "schema is up to date"]
    assert events[0]["file"] == "001_a.sql"
