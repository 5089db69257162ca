"""Whatever SQL the bot has fits the migrated schema, and its role may run it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from asyncpg import Connection, Record

from tests.integration.bot.statements import SOURCE, Statement, read_source
from tests.integration.conftest import TestDatabase, create_copy, drop
from tests.integration.postgres import Server

#: What EXPLAIN takes; it looks names, types and privileges up as running the statement does.
EXPLAINED = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES"})
#: What it does not take, and what is run instead.
RUN = frozenset({"NOTIFY"})

#: Files of storage/ that ask the database nothing.
WITHOUT_SQL = frozenset({"__init__.py", "batching.py"})

FOUND = read_source()


@pytest.fixture(scope="module")
def database_of_all(server: Server, migrated: str) -> Iterator[TestDatabase]:
    name = "every_query"
    asyncio.run(create_copy(server, migrated, name))
    yield TestDatabase(server, name)
    asyncio.run(drop(server, name))


@pytest.fixture
async def bot(database_of_all: TestDatabase) -> AsyncIterator[Connection[Record]]:
    connection = await database_of_all.connect("bot")
    yield connection
    await connection.close()


def of_kinds(kinds: frozenset[str]) -> pytest.MarkDecorator:
    chosen = [statement for statement in FOUND.statements if statement.kind in kinds]
    return pytest.mark.parametrize("statement", chosen, ids=[statement.place for statement in chosen])


async def explain(connection: Connection[Record], statement: str) -> None:
    await connection.execute(f"EXPLAIN (GENERIC_PLAN) {statement}")


@of_kinds(EXPLAINED)
async def test_the_bot_may_run(bot: Connection[Record], statement: Statement) -> None:
    await explain(bot, statement.text)


@of_kinds(EXPLAINED)
async def test_as_many_arguments_are_given_as_there_are_parameters(
    bot: Connection[Record], statement: Statement
) -> None:
    prepared = await bot.prepare(statement.text)
    assert statement.arguments in (None, len(prepared.get_parameters()))


@of_kinds(RUN)
async def test_the_bot_may_run_what_cannot_be_explained(bot: Connection[Record], statement: Statement) -> None:
    await bot.execute(statement.text)


def test_every_call_has_its_sql_where_it_is_made() -> None:
    assert FOUND.unclear == []
    assert FOUND.stray == []


def test_every_statement_is_explained_or_run() -> None:
    assert {statement.kind for statement in FOUND.statements} - EXPLAINED - RUN == set()


def test_every_file_of_storage_has_statements() -> None:
    files = {file.name for file in (SOURCE / "bot/storage").glob("*.py")} - WITHOUT_SQL
    found = {Path(statement.place.partition(":")[0]).name for statement in FOUND.statements}
    assert files <= found
    assert len(FOUND.statements) > 70


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('await connection.fetch("SELECT 1")', ["SELECT 1"]),
        ('await connection.execute(f"NOTIFY {CHANNEL}")', ["NOTIFY orderly_inbox"]),
        ("await c.fetch(f\"SELECT 1 {'FOR UPDATE' if lock else ''}\", 1)", ["SELECT 1 FOR UPDATE", "SELECT 1 "]),
        ("await poller.prepare()", []),
        (
            """
async def list(self, back):
    way, order = ("<", "DESC") if back else (">", "ASC")
    await self.connection.fetch(f"SELECT {way} {order}")
""",
            ["SELECT < DESC", "SELECT < ASC", "SELECT > DESC", "SELECT > ASC"],
        ),
        (
            """
async def new(self):
    return await self._list("is_new")
async def old(self):
    return await self._list("is_old")
async def _list(self, condition):
    return await self.connection.fetch(f"SELECT {condition}")
""",
            ["SELECT is_new", "SELECT is_old"],
        ),
    ],
)
def test_a_statement_is_found(tmp_path: Path, line: str, found: list[str]) -> None:
    source = read_source(_source(tmp_path, line))
    assert [statement.text for statement in source.statements] == found
    assert source.unclear == source.stray == []


@pytest.mark.parametrize(
    "line",
    [
        "await connection.fetch(query)",
        'await connection.fetch(f"SELECT {column}")',
        'await connection.fetch("SELECT " + column)',
        'await connection.fetch(query="SELECT 1")',
        'await connection.fetch(*["SELECT 1"])',
        "await connection.executemany(query, rows)",
        "await connection.copy_records_to_table(table, records=[])",
    ],
)
def test_a_call_without_a_literal_is_noticed(tmp_path: Path, line: str) -> None:
    assert read_source(_source(tmp_path, line)).unclear == ["bot/storage/inbox.py:1"]


@pytest.mark.parametrize(
    "lines",
    [
        """
async def run(self, query):
    await self.connection.fetch(query)
self.run("SELECT 1")
""",
        """
async def run(self):
    query = "VALUES (1)"
    query += self.more
    await self.connection.fetch(query)
""",
        """
async def run(self):
    for column in self.columns:
        await self.connection.fetch(f"VALUES ({column})")
""",
        """
async def _run(self, query):
    await self.connection.fetch(query)
self._run(self.query)
""",
    ],
)
def test_a_text_that_comes_from_elsewhere_is_noticed(tmp_path: Path, lines: str) -> None:
    source = read_source(_source(tmp_path, lines))
    assert source.statements == []
    assert len(source.unclear) == 1


def test_sql_that_is_kept_for_later_is_noticed(tmp_path: Path) -> None:
    line = 'QUERY = """\n    SELECT 1\n"""'
    assert read_source(_source(tmp_path, line)).stray == ["bot/storage/inbox.py:1"]


def _source(folder: Path, text: str) -> Path:
    """A bot of one file, in the place of a real module."""
    file = folder / "bot/storage/inbox.py"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return folder


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ("UPDATE order_events SET admin_id = $1", asyncpg.InsufficientPrivilegeError),
        ("DELETE FROM order_events WHERE order_id = $1", asyncpg.InsufficientPrivilegeError),
        (
            "WITH gone AS (DELETE FROM order_events RETURNING 1) SELECT count(*) FROM gone",
            asyncpg.InsufficientPrivilegeError,
        ),
        ("INSERT INTO public.schema_migrations (version) VALUES ($1)", asyncpg.InsufficientPrivilegeError),
        ("SELECT FROM pg_authid", asyncpg.InsufficientPrivilegeError),
        ("SELECT pg_read_file($1)", asyncpg.InsufficientPrivilegeError),
        ("SELECT nothing FROM orders", asyncpg.UndefinedColumnError),
        ("SELECT FROM nothing", asyncpg.UndefinedTableError),
        ("SELECT FROM orders WHERE id = $1::text", asyncpg.UndefinedFunctionError),
        ("SELECT FROM orders WHERE id = $1 AND delivery_note = $1", asyncpg.UndefinedFunctionError),
    ],
)
async def test_what_does_not_fit_is_refused(
    bot: Connection[Record], statement: str, refused: type[asyncpg.PostgresError]
) -> None:
    with pytest.raises(refused):
        await explain(bot, statement)


@pytest.mark.parametrize("statement", ["UPDATE order_events SET admin_id = 1", "DELETE FROM order_events"])
async def test_what_became_of_an_order_stays(bot: Connection[Record], statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await bot.execute(statement)
