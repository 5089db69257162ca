from __future__ import annotations

import signal

import pytest
from asyncpg import Connection, Record

from migrator import config
from migrator.commands.up import up
from migrator.directives import Directives
from migrator.errors import MigrationFailed
from migrator.statements import Kind, Statement
from tests.integration.conftest import TestDatabase
from tests.integration.migrations import Migrator, execute, fetch, recorded, tables, until
from tests.integration.postgres import Server, docker


async def sleeping(connection: Connection[Record]) -> int:
    """Waits until the migrator's session is in pg_sleep; its process id."""
    query = """
        SELECT pid
        FROM pg_stat_activity
        WHERE wait_event = 'PgSleep'
          AND datname = current_database()
    """
    return int(await until(connection, query))


async def test_files_are_applied_in_order_and_once(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_a.sql", "CREATE TABLE a (id int);")
    migrator.write("002_b.sql", "INSERT INTO a VALUES (1); INSERT INTO a VALUES (2);")
    assert migrator.up()[0] == 0
    assert migrator.up() == (0, "migrator: schema is up to date version=2 applied=0\n")
    migrator.write("003_c.sql", "INSERT INTO a VALUES (3);")
    assert migrator.up()[0] == 0
    assert await fetch(empty_database, "SELECT id FROM app.a ORDER BY id") == [(1,), (2,), (3,)]
    assert await recorded(empty_database) == ["001_a.sql", "002_b.sql", "003_c.sql"]


async def test_the_record_tells_how_long_and_how_much(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_a.sql", "SELECT pg_sleep(0.1); CREATE TABLE a (id int);")
    migrator.write("002_nothing.sql", "-- nothing yet")
    assert migrator.up()[0] == 0
    query = "SELECT statements, duration >= '0.1 s', finished_part, running FROM schema_migrations ORDER BY version"
    assert await fetch(empty_database, query) == [(2, True, None, None), (0, False, None, None)]


@pytest.mark.parametrize(
    ("sql", "place", "reason"),
    [
        ("CREATE TABLE half (id int);\n-- why\nINSERT INTO\n  nowhere VALUES (1);", "4:3", "42P01"),
        ("CREATE TABLE half (id int);\nSELECT 1/0;", "2:1", "22012"),
        ("CREATE TABLE half (id int PRIMARY KEY);\nINSERT INTO half VALUES (1), (1);", "2:1", "DETAIL: Key (id)=(1)"),
        (
            "CREATE TABLE half (id int PRIMARY KEY, other int REFERENCES half DEFERRABLE INITIALLY DEFERRED);\n"
            "INSERT INTO half VALUES (1, 2);\n",
            "2:31",
            "23503",
        ),
        ("CREATE TABLE half (id int);\nSELECT half.missing FROM half;", "2:8", "42703"),
        ("CREATE TABLE half (id int);\nDO $$ BEGIN COMMIT; END $$;", "2:1", "2D000"),
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
    assert await tables(empty_database) == {"good"}
    assert await recorded(empty_database) == ["001_good.sql"]

    migrator.write("002_bad.sql", "CREATE TABLE mended (id int);")
    assert migrator.up()[0] == 0
    assert await tables(empty_database) == {"good", "mended", "never"}


async def test_files_that_cannot_be_read_as_sql_stop_the_run_before_any_is_applied(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    migrator.write("001_good.sql", "CREATE TABLE good (id int);")
    migrator.write("002_bad.sql", "CREATE TABLE half (id int);\n\nSELEC 1;")
    migrator.write("003_worse.sql", "CREATE TABLE half (id int);\nCOMMIT;\nSELECT 1/0;")
    code, said = migrator.up()
    assert code == 1
    assert '002_bad.sql:3:1: syntax error at or near "SELEC"' in said
    assert "003_worse.sql:2:1: a migration is one transaction already" in said
    assert await tables(empty_database) == set()
    assert await fetch(empty_database, "SELECT to_regclass('public.schema_migrations')") == [(None,)]


@pytest.mark.parametrize(
    "ending",
    ["COMMIT;", "ROLLBACK;", "COMMIT; BEGIN;", "COMMIT AND CHAIN;", "COMMIT; CREATE TABLE after (id int);"],
)
async def test_a_file_that_ends_its_own_transaction_is_not_recorded(
    migrator: Migrator, empty_database: TestDatabase, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """Should the grammar ever let such a file through."""
    monkeypatch.setattr("migrator.statements.read", as_ordinary)
    migrator.write("001_good.sql", "CREATE TABLE good (id int);")
    migrator.write("002_bad.sql", f"CREATE TABLE half (id int); {ending}")
    migrator.write("003_never.sql", "CREATE TABLE never (id int);")
    with pytest.raises(MigrationFailed, match=r"002_bad\.sql: ended its own transaction") as caught:
        await up_in_this_process(migrator, monkeypatch)
    assert caught.value.exit_code == 1
    assert await fetch(empty_database, "SELECT name FROM schema_migrations") == [("001_good.sql",)]
    assert "never" not in await tables(empty_database)


async def test_a_file_that_ends_its_own_transaction_and_then_fails_is_not_recorded(
    migrator: Migrator, empty_database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("migrator.statements.read", as_ordinary)
    migrator.write("001_bad.sql", "CREATE TABLE half (id int); COMMIT; SELECT 1/0;")
    with pytest.raises(MigrationFailed):
        await up_in_this_process(migrator, monkeypatch)
    assert await fetch(empty_database, "SELECT name FROM schema_migrations") == []


def as_ordinary(sql: str, offset: int, _: Directives) -> Statement:
    return Statement(sql, offset, Kind.ORDINARY)


async def up_in_this_process(migrator: Migrator, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in migrator.environment().items():
        monkeypatch.setenv(name, value)
    await up(config.load())


async def test_what_a_file_sets_ends_with_it(migrator: Migrator, empty_database: TestDatabase) -> None:
    await execute(empty_database, f'ALTER DATABASE "{empty_database.name}" OWNER TO migrator', "postgres")
    migrator.write(
        "001_a.sql",
        """
        SELECT set_config('search_path', '', false);
        SET ROLE pg_database_owner;
        SET client_min_messages = error;
        SET lock_timeout = 0;
        CREATE TEMPORARY TABLE b (id text);
        PREPARE prepared AS SELECT 1;
        DECLARE held CURSOR WITH HOLD FOR SELECT 1;
        LISTEN channel;
        """,
    )
    migrator.write(
        "002_b.sql",
        """
        CREATE TABLE b (id int);
        CREATE TABLE left_over AS
            SELECT name FROM pg_prepared_statements
            UNION ALL SELECT name FROM pg_cursors WHERE is_holdable
            UNION ALL SELECT pg_listening_channels();
        CREATE TABLE seen AS
            SELECT current_user AS role, current_setting('client_min_messages') AS told,
                current_setting('lock_timeout') AS patience;
        """,
    )
    code, said = migrator.up()
    assert code == 0, said
    query = "SELECT schemaname, tableowner FROM pg_tables WHERE tablename = 'b'"
    assert await fetch(empty_database, query) == [("app", "migrator")]
    assert await fetch(empty_database, "SELECT * FROM app.left_over") == []
    assert await fetch(empty_database, "SELECT * FROM app.seen") == [("migrator", "notice", "5s")]


@pytest.mark.parametrize("head", ["", "-- migrate: no-transaction\n"], ids=["transaction", "no-transaction"])
async def test_a_file_may_become_another_role_and_leaves_the_record_to_the_migrator(
    migrator: Migrator, empty_database: TestDatabase, head: str
) -> None:
    """Only a superuser may become anybody."""
    migrator.write("001_a.sql", f"{head}SET SESSION AUTHORIZATION migrator;\nCREATE TABLE app.a (id int);")
    migrator.write("002_b.sql", "CREATE TABLE app.b (id int);")
    code, said = migrator.up(DATABASE_URL=empty_database.url("postgres"))
    assert code == 0, said
    query = "SELECT tablename, tableowner FROM pg_tables WHERE schemaname IN ('app', 'public') ORDER BY tablename"
    owners = [("a", "migrator"), ("b", "postgres"), ("schema_migrations", "postgres")]
    assert await fetch(empty_database, query) == owners


async def test_what_a_file_sets_for_new_sessions_is_there_in_the_next_file(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    """As when each file is run by a psql of its own."""
    await execute(empty_database, f'ALTER DATABASE "{empty_database.name}" OWNER TO migrator', "postgres")
    migrator.write("001_a.sql", f"ALTER DATABASE \"{empty_database.name}\" SET work_mem = '9MB';")
    migrator.write("002_b.sql", "CREATE TABLE seen AS SELECT current_setting('work_mem');")
    code, said = migrator.up()
    assert code == 0, said
    assert await fetch(empty_database, "TABLE app.seen") == [("9MB",)]


async def test_a_prepared_statement_does_not_outlive_a_file_that_fails(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    """PostgreSQL keeps it after a rollback, and whoever runs the file again would meet it."""
    migrator.write("001_a.sql", "PREPARE mine AS SELECT 1;\nSELECT 1/0;")
    code, said = migrator.up()
    assert code == 1
    assert "001_a.sql:2:1: division by zero" in said


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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
async def test_a_signal_rolls_back_and_tells_itself_in_the_exit_code(
    migrator: Migrator, empty_database: TestDatabase, number: signal.Signals, code: int
) -> None:
    migrator.write("001_slow.sql", "CREATE TABLE half (id int);\nSELECT pg_sleep(600);")
    with migrator.running() as run:
        connection = await empty_database.connect("postgres")
        await sleeping(connection)
        ended, said = run.end(number)
        await connection.close()
    assert ended == code, said
    assert "stopped; the file in progress was rolled back file=001_slow.sql" in said
    assert f"stopped by {number.name}" in said
    assert await tables(empty_database) == set()


async def test_sigterm_ends_the_migrator_also_when_the_database_does_not_answer(
    migrator: Migrator, empty_database: TestDatabase, server: Server
) -> None:
    migrator.write("001_slow.sql", "CREATE TABLE half (id int);\nSELECT pg_sleep(2);")
    with migrator.running() as run:
        connection = await empty_database.connect("postgres")
        await sleeping(connection)
        docker("pause", server.container)
        try:
            code, said = run.end(signal.SIGTERM)
        finally:
            docker("unpause", server.container)
    await connection.close()
    assert code == 143, said
    assert await tables(empty_database) == set()


async def test_kill_9_leaves_nothing_half_done_and_no_lock(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_slow.sql", "CREATE TABLE half (id int);\nSELECT pg_sleep(2);")
    with migrator.running() as run:
        connection = await empty_database.connect("postgres")
        await sleeping(connection)
        run.end(signal.SIGKILL)
    assert await tables(empty_database) == set()
    migrator.write("001_slow.sql", "CREATE TABLE whole (id int);")
    code, said = migrator.up()
    assert code == 0, said
    assert await tables(empty_database) == {"whole"}
    await connection.close()


async def test_a_cut_connection_is_told_and_leaves_nothing(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_slow.sql", "CREATE TABLE half (id int);\nSELECT pg_sleep(600);")
    with migrator.running() as run:
        connection = await empty_database.connect("postgres")
        await connection.fetch("SELECT pg_terminate_backend($1)", await sleeping(connection))
        code, said = run.end()
    await connection.close()
    assert code == 4, said
    assert "The connection to the database was lost" in said
    assert await tables(empty_database) == set()


async def test_a_role_without_rights_is_told_what_it_lacks(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_a.sql", "SELECT 1;")
    code, said = migrator.up(DATABASE_URL=empty_database.url("bot"))
    assert code == 1
    assert "CREATE on the schema public" in said
