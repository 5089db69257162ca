"""Files that run outside of a transaction, and what they leave when they are cut off."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest
from asyncpg import Connection, Record, UniqueViolationError

from tests.integration.conftest import TestDatabase
from tests.integration.migrations import Migrator, execute, fetch, recorded, tables, until, waiting_migrator

HEAD = "-- migrate: no-transaction\n"
PROGRESS = "SELECT statements, applied_at IS NULL, finished_part IS NULL, running IS NULL FROM schema_migrations"
GATE = "SELECT pg_advisory_lock_shared(1)"


@pytest.fixture
async def superuser(empty_database: TestDatabase) -> AsyncIterator[Connection[Record]]:
    connection = await empty_database.connect("postgres")
    await connection.execute("SET search_path TO app")
    yield connection
    await connection.close()


async def indexes(database: TestDatabase) -> dict[str, bool]:
    """Of the schema app, each with whether it is valid."""
    query = """
        SELECT relname, indisvalid
        FROM pg_index
        JOIN pg_class ON pg_class.oid = indexrelid
        WHERE relnamespace = 'app'::regnamespace
    """
    return dict(await fetch(database, query))


async def test_each_statement_is_recorded_and_the_run_goes_on_after_the_one_that_failed(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    finished = f"{HEAD}CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n"
    migrator.write("001_a.sql", f"{finished}SELECT 1/0;\nINSERT INTO a VALUES (3);")
    migrator.write("002_b.sql", "CREATE TABLE b (id int);")
    code, said = migrator.up()
    assert code == 1
    assert "001_a.sql:4:1: division by zero (SQLSTATE 22012)" in said
    assert "The 2 before it stay done; the next run goes on with this one." in said
    assert await fetch(empty_database, PROGRESS) == [(2, True, False, True)]
    assert migrator.run("plan").printed.splitlines()[0] == (
        "001_a.sql: 4 statements, no transaction, goes on with statement 3"
    )
    assert "001_a.sql: half done, 2 of its statements finished\n" in migrator.run("status").printed

    migrator.write("001_a.sql", f"{finished}INSERT INTO a VALUES (2);\nINSERT INTO a VALUES (3);")
    code, said = migrator.up()
    assert code == 0, said
    assert await fetch(empty_database, "SELECT id FROM app.a ORDER BY id") == [(1,), (2,), (3,)]
    assert await fetch(empty_database, f"{PROGRESS} WHERE version = 1") == [(4, False, True, True)]
    assert await recorded(empty_database) == ["001_a.sql", "002_b.sql"]
    # The record has the file as it is now.
    assert migrator.up()[0] == 0


@pytest.mark.parametrize(
    ("edited", "code"),
    [
        (f"{HEAD}CREATE TABLE a (id bigint);\nSELECT 1;", 3),
        (f"{HEAD}SELECT 1;", 3),
        ("CREATE TABLE a (id int);\nSELECT 1;", 3),
        (f"{HEAD}-- why\nCREATE TABLE a (id int); /* and so on */\nSELECT 1;", 0),
    ],
    ids=["changed", "removed", "in-a-transaction", "commented"],
)
async def test_the_finished_part_may_change_in_its_comments_alone(
    migrator: Migrator, empty_database: TestDatabase, edited: str, code: int
) -> None:
    migrator.write("001_a.sql", f"{HEAD}CREATE TABLE a (id int);\nSELECT 1/0;")
    assert migrator.up()[0] == 1
    migrator.write("001_a.sql", edited)
    ended, said = migrator.up()
    assert ended == code, said
    if code:
        assert "001_a.sql: 1 of its statements is done" in said
        assert "repair 001_a.sql" in said
        assert await fetch(empty_database, PROGRESS) == [(1, True, False, True)]


async def test_settings_of_the_finished_part_are_in_force_when_the_run_goes_on(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    settings = "SET search_path TO public;\nSELECT set_config('work_mem', '9MB', false);\n"
    migrator.write("001_a.sql", f"{HEAD}{settings}SELECT 1/0;")
    assert migrator.up()[0] == 1
    migrator.write(
        "001_a.sql",
        f"{HEAD}{settings}CREATE TABLE seen AS SELECT current_setting('work_mem');",
    )
    migrator.write("002_b.sql", "CREATE TABLE after AS SELECT current_setting('work_mem') <> '9MB' AS ended;")
    code, said = migrator.up()
    assert code == 0, said
    assert await fetch(empty_database, "TABLE public.seen") == [("9MB",)]
    assert await fetch(empty_database, "TABLE app.after") == [(True,)]


async def test_a_role_that_the_file_sets_is_no_obstacle_to_the_record(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    await execute(empty_database, f'ALTER DATABASE "{empty_database.name}" OWNER TO migrator', "postgres")
    migrator.write(
        "001_a.sql",
        f"{HEAD}CREATE TABLE a (id int);\nGRANT USAGE, CREATE ON SCHEMA app TO pg_database_owner;\n"
        "SET ROLE pg_database_owner;\nCREATE TABLE theirs (id int);\nSELECT 1/0;",
    )
    assert migrator.up()[0] == 1
    migrator.write("001_a.sql", (migrator.directory / "001_a.sql").read_text().replace("1/0", "1"))
    migrator.write("002_b.sql", "CREATE TABLE b (id int);")
    code, said = migrator.up()
    assert code == 0, said
    query = "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'app' ORDER BY tablename"
    owners = [("a", "migrator"), ("b", "migrator"), ("theirs", "pg_database_owner")]
    assert await fetch(empty_database, query) == owners


@pytest.mark.parametrize("condition", ["", "IF NOT EXISTS "], ids=["plain", "if-not-exists"])
async def test_an_invalid_index_that_somebody_left_is_dropped_and_built_anew(
    migrator: Migrator, empty_database: TestDatabase, condition: str
) -> None:
    await execute(empty_database, "CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1)")
    with pytest.raises(UniqueViolationError):
        await execute(empty_database, "CREATE UNIQUE INDEX CONCURRENTLY by_id ON a (id)")
    assert await indexes(empty_database) == {"by_id": False}
    await execute(empty_database, "DELETE FROM a")
    migrator.write("001_a.sql", f"{HEAD}CREATE UNIQUE INDEX CONCURRENTLY {condition}by_id ON a (id);")
    code, said = migrator.up()
    assert code == 0, said
    assert "dropped an INVALID index that was left behind index=app.by_id" in said
    assert await indexes(empty_database) == {"by_id": True}


async def test_an_index_that_cannot_be_built_leaves_nothing_behind(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    await execute(empty_database, "CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1)")
    migrator.write("001_a.sql", f"{HEAD}CREATE UNIQUE INDEX CONCURRENTLY by_id ON a (id);")
    code, said = migrator.up()
    assert code == 1
    assert "DETAIL: Key (id)=(1) is duplicated." in said
    assert await indexes(empty_database) == {}
    await execute(empty_database, "DELETE FROM a")
    assert migrator.up()[0] == 0
    assert await indexes(empty_database) == {"by_id": True}


async def test_an_index_of_another_table_with_the_same_name_is_left_alone(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    await execute(empty_database, "CREATE TABLE a (id int); CREATE TABLE b (id int); INSERT INTO b VALUES (1), (1)")
    with pytest.raises(UniqueViolationError):
        await execute(empty_database, "CREATE UNIQUE INDEX CONCURRENTLY by_id ON b (id)")
    migrator.write("001_a.sql", f"{HEAD}CREATE INDEX CONCURRENTLY by_id ON a (id);")
    code, said = migrator.up()
    assert code == 1
    assert 'relation "by_id" already exists' in said
    assert await indexes(empty_database) == {"by_id": False}


@pytest.mark.parametrize("role", ["migrator", "postgres"])
async def test_an_index_that_another_session_is_building_is_not_touched(
    migrator: Migrator, empty_database: TestDatabase, superuser: Connection[Record], role: str
) -> None:
    await execute(empty_database, "CREATE TABLE a (id int)")
    migrator.write("001_a.sql", f"{HEAD}CREATE INDEX CONCURRENTLY by_id ON app.a (id);")
    writing = superuser.transaction()
    await writing.start()
    await superuser.execute("INSERT INTO a VALUES (1)")
    builder = await empty_database.connect(role)
    building = asyncio.create_task(builder.execute("CREATE INDEX CONCURRENTLY by_id ON app.a (id)"))
    await until(superuser, "SELECT true FROM pg_locks WHERE NOT granted AND pid = $1", builder.get_server_pid())
    settings = {"LOCK_TIMEOUT_SECONDS": "0.2", "LOCK_RETRY_SECONDS": "0"}
    code, said = await asyncio.to_thread(migrator.up, **settings)
    await writing.commit()
    await building
    assert code == 1
    assert f"app.by_id: process {builder.get_server_pid()} is building this index." in said
    assert await indexes(empty_database) == {"by_id": True}
    await builder.close()


async def test_a_build_that_was_killed_is_begun_anew(
    migrator: Migrator, empty_database: TestDatabase, superuser: Connection[Record]
) -> None:
    await execute(empty_database, "CREATE TABLE a (id int)")
    migrator.write("001_a.sql", f"{HEAD}SELECT 1;\nCREATE INDEX CONCURRENTLY by_id ON a (id);\nSELECT 2;")
    writing = superuser.transaction()
    await writing.start()
    await superuser.execute("INSERT INTO a VALUES (1)")
    watcher = await empty_database.connect("postgres")
    with migrator.running() as run:
        builder = await waiting_migrator(watcher, "CREATE INDEX")
        run.end(signal.SIGKILL)
    await writing.commit()
    await watcher.execute("SELECT pg_terminate_backend($1, 30000)", builder)
    await watcher.close()
    assert await fetch(empty_database, PROGRESS) == [(1, True, False, False)]
    code, said = migrator.up()
    assert code == 0, said
    assert await indexes(empty_database) == {"by_id": True}
    assert await fetch(empty_database, PROGRESS) == [(3, False, True, True)]


async def test_an_index_of_another_table_does_not_pass_for_the_one_that_was_cut_off(
    migrator: Migrator, empty_database: TestDatabase, superuser: Connection[Record]
) -> None:
    await execute(empty_database, "CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE INDEX by_id ON b (id)")
    migrator.write("001_a.sql", f"{HEAD}CREATE INDEX CONCURRENTLY by_id ON a (id);")
    locking = superuser.transaction()
    await locking.start()
    await superuser.execute("LOCK TABLE a")
    watcher = await empty_database.connect("postgres")
    with migrator.running() as run:
        await waiting_migrator(watcher, "CREATE INDEX")
        assert run.end(signal.SIGTERM)[0] == 143
    await locking.rollback()
    await watcher.close()
    code, said = migrator.up()
    assert code == 1
    assert '001_a.sql:2:1: relation "by_id" already exists (SQLSTATE 42P07)' in said
    assert await fetch(empty_database, PROGRESS) == [(0, True, False, True)]


async def test_the_server_has_stopped_when_sigterm_has_ended_the_migrator(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    migrator.write("001_a.sql", f"{HEAD}CREATE TABLE a (id int);\nDO $$ BEGIN PERFORM {GATE[7:]}; END $$;")
    gate = await empty_database.connect("postgres")
    await gate.execute("SELECT pg_advisory_lock(1)")
    with migrator.running() as run:
        backend = await waiting_migrator(gate, "DO ")
        assert run.end(signal.SIGTERM)[0] == 143
    active = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'active'"
    assert await gate.fetchval(active, backend) == 0
    await gate.close()


async def test_sigterm_keeps_what_is_done(
    migrator: Migrator, empty_database: TestDatabase, superuser: Connection[Record]
) -> None:
    migrator.write("001_a.sql", f"{HEAD}CREATE TABLE a (id int);\n{GATE};\nCREATE TABLE b (id int);")
    await superuser.execute("SELECT pg_advisory_lock(1)")
    with migrator.running() as run:
        await waiting_migrator(superuser, GATE)
        code, said = run.end(signal.SIGTERM)
    assert code == 143
    assert "what is done of the file stays done, and the next run goes on file=001_a.sql statement=2" in said
    assert await tables(empty_database) == {"a"}
    await superuser.execute("SELECT pg_advisory_unlock(1)")
    assert migrator.up()[0] == 0
    assert await tables(empty_database) == {"a", "b"}


async def test_a_procedure_may_commit(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write(
        "001_a.sql",
        "CREATE TABLE a (id int); CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$"
        " BEGIN FOR i IN 1..3 LOOP INSERT INTO a VALUES (i); COMMIT; END LOOP; END $$;",
    )
    migrator.write("002_b.sql", f"{HEAD}CALL fill();\nDO $$ BEGIN INSERT INTO a VALUES (4); COMMIT; END $$;")
    code, said = migrator.up()
    assert code == 0, said
    assert await fetch(empty_database, "SELECT count(*) FROM app.a") == [(4,)]


async def test_a_procedure_that_met_somebody_in_its_way_is_not_tried_again(
    migrator: Migrator, empty_database: TestDatabase, superuser: Connection[Record]
) -> None:
    await execute(
        empty_database,
        "CREATE TABLE a (id int); CREATE TABLE busy (id int); CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$"
        " BEGIN INSERT INTO a VALUES (1); COMMIT; LOCK TABLE busy; END $$;",
    )
    migrator.write("001_a.sql", f"{HEAD}CALL fill();")
    reading = superuser.transaction()
    await reading.start()
    await superuser.execute("SELECT FROM busy")
    code, said = await asyncio.to_thread(migrator.up, LOCK_TIMEOUT_SECONDS="0.1")
    await reading.rollback()
    assert code == 1
    assert "What it committed itself stays." in said
    assert await fetch(empty_database, "SELECT id FROM app.a") == [(1,)]


async def test_what_only_postgresql_knows_to_run_outside_of_a_transaction_does(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    """That the table is partitioned cannot be seen in the statement."""
    await execute(
        empty_database,
        "CREATE TABLE a (id int) PARTITION BY LIST (id); CREATE TABLE b PARTITION OF a DEFAULT; CREATE INDEX ON a (id)",
    )
    migrator.write("001_a.sql", f"{HEAD}REINDEX TABLE a;\nVACUUM a;")
    code, said = migrator.up()
    assert code == 0, said
    assert await fetch(empty_database, PROGRESS) == [(2, False, True, True)]


async def test_a_statement_that_needs_a_file_of_its_own_kind_is_refused_with_advice(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    await execute(
        empty_database,
        "CREATE TABLE a (id int) PARTITION BY LIST (id); CREATE TABLE b PARTITION OF a DEFAULT; CREATE INDEX ON a (id)",
    )
    migrator.write("001_a.sql", "REINDEX TABLE a;")
    code, said = migrator.up()
    assert code == 1
    assert "put -- migrate: no-transaction above the first statement" in said


async def test_a_partition_is_detached_beside_its_readers_and_indexes_are_dropped_and_built_anew(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    await execute(
        empty_database,
        "CREATE TABLE a (id int) PARTITION BY LIST (id); CREATE TABLE b PARTITION OF a FOR VALUES IN (1);"
        "CREATE INDEX by_id ON b (id); CREATE TABLE c (id int); CREATE INDEX of_c ON c (id)",
    )
    migrator.write(
        "001_a.sql",
        f"{HEAD}ALTER TABLE a DETACH PARTITION b CONCURRENTLY;\nDROP INDEX CONCURRENTLY by_id;\n"
        "REINDEX INDEX CONCURRENTLY of_c;\nREINDEX TABLE CONCURRENTLY c;",
    )
    code, said = migrator.up()
    assert code == 0, said
    assert await fetch(empty_database, "SELECT count(*) FROM pg_inherits") == [(0,)]
    assert await indexes(empty_database) == {"of_c": True}
