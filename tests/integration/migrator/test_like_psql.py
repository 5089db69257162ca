"""Any ordinary files make the same database, whether the migrator applies them or psql."""

from __future__ import annotations

import asyncio
import difflib
import re
import uuid
from collections.abc import AsyncIterator
from itertools import groupby, islice
from pathlib import Path

import pytest

from tests.integration.conftest import TestDatabase
from tests.integration.migrations import Migrator
from tests.integration.migrator.corpus import no_transaction, peculiar, rare, sessions, themes
from tests.integration.migrator.corpus.files import File, numbered
from tests.integration.postgres import docker

CORPUS = numbered([*themes.files(), *sessions.files(), *peculiar.files()])
NO_TRANSACTION = numbered(no_transaction.files())

THEIR_RECORD = numbered(
    [
        File(
            "their_record",
            "CREATE TABLE public.schema_migrations (id serial PRIMARY KEY, filename text UNIQUE, hash bytea);\n"
            "INSERT INTO public.schema_migrations (filename) VALUES ('0001_init'), ('0002_more; of it');",
        ),
        File("their_path", "SET search_path TO public; INSERT INTO schema_migrations (filename) VALUES ('0003');"),
        File("their_change", "ALTER TABLE public.schema_migrations DROP COLUMN hash, ADD applied_at date;"),
        File(
            "their_index",
            "CREATE INDEX ON public.schema_migrations (applied_at); GRANT ALL ON schema_migrations TO bot;",
        ),
    ]
)
RECORD_BESIDE_OURS = numbered(
    [
        File("their_record", "CREATE TABLE schema_migrations (version bigint PRIMARY KEY);"),
        File("their_rows", "INSERT INTO schema_migrations VALUES (20240101), (20240102);"),
        File("their_lock", "LOCK TABLE app.schema_migrations; DELETE FROM schema_migrations WHERE version = 20240101;"),
        File(
            "their_drop", "DROP TABLE app.schema_migrations; CREATE VIEW app.schema_migrations AS SELECT 1 AS version;"
        ),
    ]
)


@pytest.fixture
async def owned_database(empty_database: TestDatabase) -> TestDatabase:
    """The migrator's own, so that it has a role to change to: pg_database_owner."""
    await _as_superuser(empty_database, f'ALTER DATABASE "{empty_database.name}" OWNER TO migrator')
    return empty_database


@pytest.fixture
async def psql_database(owned_database: TestDatabase) -> AsyncIterator[TestDatabase]:
    """A second one, made like the first."""
    twin = TestDatabase(owned_database.server, f"test_{uuid.uuid4().hex}")
    await _as_superuser(owned_database, f'CREATE DATABASE "{twin.name}" TEMPLATE orderly OWNER migrator')
    yield twin
    await _as_superuser(owned_database, f'DROP DATABASE "{twin.name}" WITH (FORCE)')


@pytest.mark.parametrize("files", [CORPUS, NO_TRANSACTION, RECORD_BESIDE_OURS], ids=["all", "no-transaction", "record"])
async def test_files_make_the_same_database_as_with_psql(
    migrator: Migrator, owned_database: TestDatabase, psql_database: TestDatabase, files: list[File]
) -> None:
    await assert_same(migrator, owned_database, psql_database, files, "public.schema_migrations")


@pytest.mark.parametrize("files", rare.rare(), ids=list(rare.RARE))
async def test_rare_files_make_the_same_database_as_with_psql(
    migrator: Migrator, owned_database: TestDatabase, psql_database: TestDatabase, files: list[File]
) -> None:
    await assert_same(migrator, owned_database, psql_database, files, "public.schema_migrations", at_once=False)


async def test_a_record_moved_elsewhere_leaves_their_schema_migrations_alone(
    migrator: Migrator, owned_database: TestDatabase, psql_database: TestDatabase
) -> None:
    for database in (owned_database, psql_database):
        await _as_superuser(database, "CREATE SCHEMA migrations AUTHORIZATION migrator")
    await assert_same(migrator, owned_database, psql_database, THEIR_RECORD, "migrations.record")


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) + len(NO_TRANSACTION) > 700


async def assert_same(
    migrator: Migrator, ours: TestDatabase, theirs: TestDatabase, files: list[File], record: str, at_once: bool = True
) -> None:
    """Not `at_once`: what the files change belongs to the role, which both have."""
    for file in files:
        migrator.write(file.name, file.text)
    psql = asyncio.to_thread(_apply_with_psql, theirs, migrator.directory, files)
    if not at_once:
        await psql
    applied = asyncio.to_thread(_apply, migrator, record)
    await (asyncio.gather(psql, applied) if at_once else applied)
    assert _count(ours, record) == len(files)
    assert "applied file=" not in _apply(migrator, record)
    _assert_equal(_dump(ours, record), _dump(theirs, record))


def _apply(migrator: Migrator, record: str) -> str:
    """What was said."""
    code, said = migrator.up(MIGRATIONS_TABLE=record)
    assert code == 0, said[-5000:]
    return said


def _apply_with_psql(database: TestDatabase, directory: Path, files: list[File]) -> None:
    container = database.server.container
    place = f"/tmp/{database.name}"
    docker("cp", "--quiet", str(directory), f"{container}:{place}")
    commands = [f"cd {place}", *(_psql(database.name, file) for file in files)]
    docker("exec", container, "sh", "-ec", "\n".join(commands))


def _psql(database: str, file: File) -> str:
    transaction = "--single-transaction" if file.in_transaction else ""
    options = f"-X -v ON_ERROR_STOP=1 {transaction} -q -o /dev/null -U migrator"
    return f"psql {options} -d {database} -f {file.name}"


def _count(database: TestDatabase, record: str) -> int:
    query = f"SELECT count(DISTINCT version) FROM {record}"
    arguments = ("psql", "-X", "-A", "-t", "-U", "postgres", "-d", database.name, "-c", query)
    return int(docker("exec", database.server.container, *arguments))


def _dump(database: TestDatabase, record: str) -> list[str]:
    """Schema and rows, without the record and without pg_dump's random tokens.

    Rows that follow each other are sorted: where an updated one lies depends on who has tidied the page up before.
    """
    arguments = ("pg_dump", "-U", "postgres", "--inserts", f"--exclude-table={record}", database.name)
    text = docker("exec", database.server.container, *arguments)
    lines = re.sub(r"^\\(un)?restrict \w+$", "", text, flags=re.MULTILINE).split("\n")
    groups = groupby(lines, key=lambda line: line.startswith("INSERT INTO"))
    return [line for is_rows, group in groups for line in (sorted(group) if is_rows else group)]


def _assert_equal(ours: list[str], theirs: list[str]) -> None:
    if ours != theirs:  # comparing by hand: pytest's own explanation of so long a text takes minutes
        difference = difflib.unified_diff(theirs, ours, "psql", "migrator", n=2, lineterm="")
        pytest.fail("\n".join(islice(difference, 200)))


async def _as_superuser(database: TestDatabase, query: str) -> None:
    connection = await database.connect("postgres")
    try:
        await connection.execute(query)
    finally:
        await connection.close()
