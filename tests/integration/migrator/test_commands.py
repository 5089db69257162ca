"""The commands beside `up`, and what each leaves in the database."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.conftest import TestDatabase
from tests.integration.migrations import Migrator, execute, fetch, recorded, tables

NO_TRANSACTION = "-- migrate: no-transaction\n"
OLD_RECORD = """
    CREATE TABLE public.schema_migrations (
        version bigint PRIMARY KEY,
        name text NOT NULL,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now(),
        duration interval NOT NULL
    )
"""


def write_three(migrator: Migrator) -> None:
    for number, name in enumerate("abc", 1):
        migrator.write(f"{number:03}_{name}.sql", f"CREATE TABLE {name} (id int);")


def status(migrator: Migrator, *options: str) -> tuple[int, dict[str, Any]]:
    ended = migrator.run("status", "--json", *options)
    return ended.code, json.loads(ended.printed)


async def test_status_tells_what_is_applied_and_what_is_pending(migrator: Migrator) -> None:
    write_three(migrator)
    assert migrator.run("up", "--to", "2").code == 0
    ended = migrator.run("status")
    lines = ended.printed.splitlines()
    assert ended.code == 0
    assert lines[0].startswith("001_a.sql: applied 2")
    assert lines[2:] == ["003_c.sql: pending", "at version 2, 1 pending"]


async def test_status_for_machines(migrator: Migrator, empty_database: TestDatabase) -> None:
    write_three(migrator)
    assert status(migrator, "--exit-code")[0] == 1
    assert await fetch(empty_database, "SELECT to_regclass('public.schema_migrations')") == [(None,)]
    assert migrator.run("up", "--to", "2").code == 0
    code, found = status(migrator, "--exit-code")
    assert code == 1
    assert found["version"] == 2
    assert found["faults"] == []
    assert [(entry["version"], entry["name"], entry["state"]) for entry in found["migrations"]] == [
        (1, "001_a.sql", "applied"),
        (2, "002_b.sql", "applied"),
        (3, "003_c.sql", "pending"),
    ]
    [(checksum,)] = await fetch(empty_database, "SELECT checksum FROM schema_migrations WHERE version = 1")
    assert found["migrations"][0]["checksum"] == checksum
    assert found["migrations"][0]["statements"] == 1
    assert migrator.up()[0] == 0
    assert status(migrator, "--exit-code")[0] == 0


async def test_status_tells_faults_after_the_rest(migrator: Migrator) -> None:
    write_three(migrator)
    assert migrator.up()[0] == 0
    migrator.write("002_b.sql", "CREATE TABLE b (id bigint);")
    (migrator.directory / "003_c.sql").unlink()
    ended = migrator.run("status")
    assert ended.code == 3
    assert ended.printed.endswith("at version 3, nothing pending\n")
    faults = ["002_b.sql: was changed after it was applied", "003_c.sql: was applied, and the file is gone"]
    assert all(fault in ended.said for fault in faults)
    code, found = status(migrator)
    assert code == 3
    assert [fault[: len(start)] for fault, start in zip(found["faults"], faults, strict=True)] == faults


async def test_plan_tells_what_up_would_run_and_runs_nothing(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_a.sql", "CREATE TABLE a (id int); SELECT 1;")
    migrator.write("002_b.sql", f"{NO_TRANSACTION}-- migrate: lock-timeout 30s\nSELECT 1;")
    migrator.write("003_c.sql", "-- migrate: statement-timeout 1h\n")
    ended = migrator.run("plan")
    assert ended.code == 0, ended.said
    assert ended.printed.splitlines() == [
        "001_a.sql: 2 statements, one transaction",
        "002_b.sql: 1 statement, no transaction, lock timeout 30s",
        "003_c.sql: 0 statements, one transaction, statement timeout 1h",
        "3 to apply",
    ]
    assert migrator.run("plan", "--to", "1").printed.splitlines()[1:] == ["1 to apply"]
    assert await tables(empty_database) == set()
    assert await fetch(empty_database, "SELECT to_regclass('public.schema_migrations')") == [(None,)]
    assert migrator.up()[0] == 0
    assert migrator.run("plan").printed == "nothing to apply\n"


async def test_status_and_plan_need_no_right_to_write(migrator: Migrator, empty_database: TestDatabase) -> None:
    write_three(migrator)
    assert migrator.run("up", "--to", "2").code == 0
    reader = {"DATABASE_URL": empty_database.url("bot")}
    assert migrator.run("plan", **reader).printed.endswith("1 to apply\n")
    assert migrator.run("status", **reader).printed.endswith("at version 2, 1 pending\n")


def test_plan_fails_as_up_would(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "SELEC 1;")
    ended = migrator.run("plan")
    assert ended.code == 1
    assert "001_a.sql:1:1: syntax error" in ended.said


async def test_up_stops_where_it_is_told(migrator: Migrator, empty_database: TestDatabase) -> None:
    write_three(migrator)
    ended = migrator.run("up", "--to", "2")
    assert ended.code == 0
    assert ended.said.endswith("migrator: stopped where it was told version=2 applied=2 pending=1\n")
    assert await recorded(empty_database) == ["001_a.sql", "002_b.sql"]
    assert migrator.run("up", "--to", "1").said == (
        "migrator: stopped where it was told version=2 applied=0 pending=1\n"
    )
    assert migrator.up()[0] == 0
    assert await recorded(empty_database) == ["001_a.sql", "002_b.sql", "003_c.sql"]


def test_a_target_that_is_no_file_ends_with_code_2(migrator: Migrator) -> None:
    write_three(migrator)
    for command in ("up", "plan", "dry-run"):
        ended = migrator.run(command, "--to", "4")
        assert ended.code == 2
        assert "No file has the number 4; the newest is 3." in ended.said


async def test_a_file_below_applied_ones_is_applied_only_on_request(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    write_three(migrator)
    (migrator.directory / "002_b.sql").rename(migrator.directory / "002_b.later")
    assert migrator.up()[0] == 0
    (migrator.directory / "002_b.later").rename(migrator.directory / "002_b.sql")
    for command in ("up", "plan", "status", "dry-run"):
        ended = migrator.run(command)
        assert ended.code == 3
        assert "002_b.sql: is new, but 3 is applied already. Give it a higher number." in ended.said
    assert status(migrator, "--allow-out-of-order") == (0, {**status(migrator)[1], "faults": []})
    assert migrator.run("plan", "--allow-out-of-order").printed.splitlines()[-1] == "1 to apply"
    assert migrator.run("dry-run", "--allow-out-of-order").code == 0
    ended = migrator.run("up", "--allow-out-of-order")
    assert ended.code == 0, ended.said
    assert ended.said.endswith("schema is up to date version=3 applied=1\n")
    assert await tables(empty_database) == {"a", "b", "c"}
    assert migrator.up()[0] == 0


async def test_a_dry_run_leaves_nothing(migrator: Migrator, empty_database: TestDatabase) -> None:
    write_three(migrator)
    ended = migrator.run("dry-run")
    assert ended.code == 0, ended.said
    assert [line.split(" ms=")[0] for line in ended.said.splitlines()] == [
        "migrator: would apply file=001_a.sql",
        "migrator: would apply file=002_b.sql",
        "migrator: would apply file=003_c.sql",
        "migrator: all of it can be applied; rolled back files=3",
    ]
    assert await tables(empty_database) == set()
    assert await fetch(empty_database, "SELECT to_regclass('public.schema_migrations')") == [(None,)]
    assert migrator.run("dry-run", "--to", "1").said.endswith("rolled back files=1\n")
    assert migrator.up()[0] == 0


async def test_a_dry_run_in_another_schema_leaves_not_even_that(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    write_three(migrator)
    await execute(empty_database, f'GRANT CREATE ON DATABASE "{empty_database.name}" TO migrator', "postgres")
    assert migrator.run("dry-run", MIGRATIONS_TABLE="other.record").code == 0
    assert await fetch(empty_database, "SELECT to_regnamespace('other')") == [(None,)]


async def test_a_dry_run_names_the_files_that_it_leaves_out(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_a.sql", "CREATE TABLE a (id int);")
    migrator.write("002_index.sql", f"{NO_TRANSACTION}CREATE INDEX CONCURRENTLY by_id ON a (id);")
    ended = migrator.run("dry-run")
    assert ended.code == 0, ended.said
    assert "warning: left out: it cannot run in a transaction file=002_index.sql" in ended.said
    assert ended.said.endswith("rolled back files=1\n")
    migrator.write("003_c.sql", "DROP INDEX by_id;")
    ended = migrator.run("dry-run")
    assert ended.code == 1
    assert "Perhaps it needs what was left out: 002_index.sql." in ended.said
    assert await tables(empty_database) == set()


def test_a_dry_run_tells_the_place_of_an_error(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "CREATE TABLE a (id int);")
    migrator.write("002_b.sql", "-- why\nINSERT INTO a\n  SELECT missing FROM a;")
    ended = migrator.run("dry-run")
    assert ended.code == 1
    assert '002_b.sql:3:10: column "missing" does not exist (SQLSTATE 42703)' in ended.said
    assert "All of it was rolled back, and nothing recorded." in ended.said
    assert "Perhaps" not in ended.said


def test_a_dry_run_checks_deferred_constraints_file_by_file(migrator: Migrator) -> None:
    migrator.write(
        "001_a.sql",
        "CREATE TABLE a (id int PRIMARY KEY, other int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\n"
        "INSERT INTO a VALUES (1, 2), (2, 1);",
    )
    migrator.write("002_b.sql", "INSERT INTO a VALUES (3, 4); INSERT INTO a VALUES (4, 3);")
    assert migrator.run("dry-run").said.endswith("rolled back files=2\n")
    migrator.write("003_c.sql", "INSERT INTO a VALUES (5, 6);")
    migrator.write("004_d.sql", "INSERT INTO a VALUES (6, 5);")
    ended = migrator.run("dry-run")
    assert ended.code == 1
    assert "003_c.sql:1:28: insert or update on table" in ended.said
    assert "DETAIL: Key (other)=(6)" in ended.said


def test_a_dry_run_ends_a_session_s_state_with_each_file(migrator: Migrator) -> None:
    migrator.write(
        "001_a.sql",
        "CREATE TEMPORARY TABLE mine (id int); PREPARE mine AS SELECT 1; SET search_path TO pg_catalog;",
    )
    migrator.write(
        "002_b.sql",
        "CREATE TEMPORARY TABLE mine (id text); PREPARE mine AS SELECT 1; CREATE TABLE app.b (); SELECT FROM b;",
    )
    ended = migrator.run("dry-run")
    assert ended.code == 0, ended.said
    assert migrator.up()[0] == 0


def test_a_dry_run_doubts_what_only_it_runs_into(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "CREATE TYPE mood AS ENUM ('good');")
    assert migrator.up()[0] == 0
    migrator.write("002_b.sql", "ALTER TYPE mood ADD VALUE 'bad';")
    migrator.write("003_c.sql", "CREATE TABLE moods AS SELECT 'bad'::mood AS mood;")
    ended = migrator.run("dry-run")
    assert ended.code == 1
    assert "003_c.sql:1:" in ended.said
    assert "SQLSTATE 55P04" in ended.said
    assert "Perhaps it is the dry run's own trouble" in ended.said
    assert migrator.up()[0] == 0


async def test_a_baseline_takes_the_database_as_it_is_and_up_applies_the_rest(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    write_three(migrator)
    ended = migrator.run("baseline", "2")
    assert ended.code == 0
    assert ended.said == "migrator: taken as applied, nothing was run version=2 files=2\n"
    assert await tables(empty_database) == set()
    assert await recorded(empty_database) == ["001_a.sql", "002_b.sql"]
    again = migrator.run("baseline", "2")
    assert (again.code, again.said) == (0, "migrator: is there already version=2\n")
    assert migrator.up()[0] == 0
    assert await tables(empty_database) == {"c"}


async def test_a_baseline_is_refused_where_there_is_another_record(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    write_three(migrator)
    assert migrator.run("up", "--to", "1").code == 0
    ended = migrator.run("baseline", "3")
    assert ended.code == 3
    assert "public.schema_migrations: has a record already, up to 1." in ended.said
    assert await recorded(empty_database) == ["001_a.sql"]


def test_a_baseline_needs_the_number_of_a_file(migrator: Migrator) -> None:
    write_three(migrator)
    assert migrator.run("baseline", "4").code == 2
    assert migrator.run("baseline", "-1").code == 2
    assert migrator.run("baseline").code == 2


def test_new_begins_the_next_file_without_a_database(migrator: Migrator) -> None:
    paths = []
    for name in ("Add orders!", "later"):
        ended = migrator.run("new", name, DATABASE_URL="")
        assert ended.code == 0, ended.said
        paths.append(ended.printed)
    assert paths == [f"{migrator.directory / name}\n" for name in ("001_add_orders.sql", "002_later.sql")]
    assert migrator.run("verify", DATABASE_URL="").printed == "2 files, all well\n"
    assert migrator.run("new", "?").code == 2
    assert migrator.run("new", "more", MIGRATIONS_DIR=str(migrator.directory / "missing")).code == 2


def test_verify_tells_every_fault_without_a_database(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "SELEC 1;")
    migrator.write("002_b.sql", "BEGIN;")
    ended = migrator.run("verify", DATABASE_URL="")
    assert ended.code == 1
    assert "001_a.sql:1:1: " in ended.said
    assert "002_b.sql:1:1: " in ended.said
    migrator.write("bad name.sql", "")
    assert migrator.run("verify", DATABASE_URL="").code == 3


async def test_repair_accepts_a_changed_file(migrator: Migrator, empty_database: TestDatabase) -> None:
    write_three(migrator)
    assert migrator.run("up", "--to", "2").code == 0
    migrator.write("001_a.sql", "CREATE TABLE a (id bigint); -- a comment came late")
    refused = migrator.run("repair", "001_a.sql")
    assert refused.code == 2
    assert "001_a.sql: was changed after it was applied on " in refused.printed
    assert "Nothing was changed. Add --yes to do it." in refused.said
    assert migrator.up()[0] == 3
    assert migrator.run("repair", "001_a.sql", "--yes").printed.endswith("done\n")
    assert migrator.up()[0] == 0
    assert await recorded(empty_database) == ["001_a.sql", "002_b.sql", "003_c.sql"]
    assert migrator.run("repair", "001_a.sql").printed == "001_a.sql: is as recorded, nothing to repair\n"


async def test_repair_lets_a_half_done_file_begin_anew(migrator: Migrator, empty_database: TestDatabase) -> None:
    migrator.write("001_a.sql", f"{NO_TRANSACTION}CREATE TABLE a (id int);\nSELECT 1/0;")
    assert migrator.up()[0] == 1
    migrator.write("001_a.sql", f"{NO_TRANSACTION}CREATE TABLE IF NOT EXISTS a (id int);\nSELECT 1;")
    assert migrator.up()[0] == 3
    refused = migrator.run("repair", "001_a.sql")
    assert refused.code == 2
    assert "001_a.sql: is half done, 1 of its statements finished." in refused.printed
    assert migrator.up()[0] == 3
    assert migrator.run("repair", "001_a.sql", "--yes").code == 0
    code, said = migrator.up()
    assert code == 0, said
    assert await recorded(empty_database) == ["001_a.sql"]


def test_repair_of_what_is_well_changes_nothing(migrator: Migrator) -> None:
    write_three(migrator)
    assert migrator.run("repair", "001_a.sql", "--yes").printed == "001_a.sql: is pending, nothing to repair\n"
    ended = migrator.run("repair", "004_d.sql", "--yes")
    assert ended.code == 2
    assert "004_d.sql: no such file" in ended.said


async def test_the_record_may_have_another_name_and_a_schema_of_its_own(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    write_three(migrator)
    code, said = migrator.up(MIGRATIONS_TABLE="other.record")
    assert code == 1
    assert "The migrator's role needs CREATE on the database" in said
    await execute(empty_database, f'GRANT CREATE ON DATABASE "{empty_database.name}" TO migrator', "postgres")
    code, said = migrator.up(MIGRATIONS_TABLE="other.record")
    assert code == 0, said
    assert await fetch(empty_database, "SELECT count(*) FROM other.record") == [(3,)]
    assert await fetch(empty_database, "SELECT to_regclass('public.schema_migrations')") == [(None,)]
    assert migrator.run("status", "--exit-code", MIGRATIONS_TABLE="other.record").code == 0
    assert migrator.up(MIGRATIONS_TABLE="other.record")[1].endswith("applied=0\n")


async def test_a_record_of_an_older_release_is_extended_and_kept(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    write_three(migrator)
    assert migrator.run("up", "--to", "2").code == 0
    kept = await fetch(
        empty_database, "SELECT version, name, checksum, applied_at, duration FROM schema_migrations ORDER BY version"
    )
    await execute(
        empty_database,
        f"ALTER TABLE public.schema_migrations RENAME TO later; {OLD_RECORD};"
        "INSERT INTO schema_migrations SELECT version, name, checksum, applied_at, duration FROM later;"
        "DROP TABLE later",
    )
    migrator.write("004_d.sql", f"{NO_TRANSACTION}SELECT 1;")
    code, said = migrator.up()
    assert code == 0, said
    assert await recorded(empty_database) == ["001_a.sql", "002_b.sql", "003_c.sql", "004_d.sql"]
    query = "SELECT version, name, checksum, applied_at, duration FROM schema_migrations ORDER BY version LIMIT 2"
    assert await fetch(empty_database, query) == kept
    assert status(migrator, "--exit-code")[0] == 0


async def test_status_and_plan_ask_for_up_where_an_older_release_made_the_record(
    migrator: Migrator, empty_database: TestDatabase
) -> None:
    write_three(migrator)
    await execute(empty_database, OLD_RECORD)
    for command in ("status", "plan"):
        ended = migrator.run(command)
        assert ended.code == 3
        assert "lacks finished_part, running, statements" in ended.said
        assert "run “up” once" in ended.said


@pytest.mark.parametrize("command", ["up", "status", "plan", "dry-run"])
async def test_a_table_of_another_tool_is_left_alone(
    migrator: Migrator, empty_database: TestDatabase, command: str
) -> None:
    write_three(migrator)
    await execute(empty_database, "CREATE TABLE public.schema_migrations (version text PRIMARY KEY)")
    ended = migrator.run(command)
    assert ended.code == 3
    assert "public.schema_migrations: lacks " in ended.said
    assert "Set MIGRATIONS_TABLE to a name of its own" in ended.said
    assert await tables(empty_database) == set()
