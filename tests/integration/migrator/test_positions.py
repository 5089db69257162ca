"""Files are split as the server splits them, and each fault is told at its place."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from asyncpg import Connection, InFailedSQLTransactionError, PostgresError, Record
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from migrator import grammar
from migrator.config import Config, Table
from migrator.database import connect
from migrator.discovery import Migration
from migrator.errors import MigrationFailed
from migrator.ledger import Ledger
from migrator.lock import obtain
from migrator.parsing import Script, parse
from migrator.places import INDENT, WIDTH
from migrator.progress import Progress
from migrator.transactional import apply
from tests import sql_generator
from tests.hostile import PASSWORD
from tests.integration.conftest import TestDatabase
from tests.integration.migrations import Migrator
from tests.integration.postgres import docker
from tests.sql_generator import RANDOM_TEXT, SCHEMA, File

RECORD = Table("public", "schema_migrations")
NAME = "001_generated.sql"
REPORT = re.compile(
    rf"(?P<place>{NAME}:[0-9]+:[0-9]+): .*?\n{INDENT}(?P<shown>[^\n]*)\n{INDENT}(?P<margin>[ \t]*)\^", re.DOTALL
)
#: The driver cannot read the answer to a text without a statement.
BEFORE = "SELECT;"
CUT_SHORT = re.compile(r"the statement that begins in line ([0-9]+) is not finished")
#: The migrator refuses these, and not their grammar.
NOT_ALLOWED = re.compile(
    "one transaction already|statement by statement|no data to copy|outside of a transaction|directive|undoes"
)

#: Characters of the generated files that are not one column wide, or not shown as they are.
WIDE, COMBINING = "漢字名前😀\u3000", "\u0301"
SHOWN_AS = str.maketrans({"\r": "␍", "\f": "␌", "\v": "␋", "\u202e": "\ufffd", "\u200d": "\ufffd"})

generated = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture
async def connection(empty_database: TestDatabase) -> AsyncIterator[Connection[Record]]:
    """The migrator's own, with its record and what the generated files use."""
    config = Config(empty_database.url("migrator"), PASSWORD, Path(), RECORD, 0, 0, 5, 0)
    connection = await connect(config, writes=True)
    await obtain(connection, 0)
    await Ledger(connection, RECORD).create()
    await connection.execute(SCHEMA)
    yield connection
    await connection.close()


@settings(generated, max_examples=200)
@given(file=sql_generator.faulty_files(), fresh=st.booleans())
async def test_a_fault_is_told_at_its_place_and_nothing_is_applied(
    connection: Connection[Record], file: File, fresh: bool
) -> None:
    before = await contents(connection)
    with pytest.raises(MigrationFailed) as caught:
        await run(connection, file, fresh)
    assert_told(file, str(caught.value))
    assert await contents(connection) == before


@settings(generated, max_examples=8, phases=[Phase.generate])
@given(file=sql_generator.faulty_files())
async def test_the_process_tells_the_same_place(migrator: Migrator, connection: Connection[Record], file: File) -> None:
    await connection.execute("SELECT pg_advisory_unlock_all()")
    before = await contents(connection)
    migrator.write(NAME, file.text)
    code, said = migrator.up()
    assert code == 1, said
    line, column = file.line_and_column()
    assert said.startswith(f"migrator: error: {NAME}:{line}:{column}: ")
    assert await contents(connection) == before


@settings(generated, max_examples=300)
@given(text=RANDOM_TEXT)
async def test_the_server_reads_any_text_the_same(connection: Connection[Record], text: str) -> None:
    error = await refusal(connection, text)
    # The one rule that the library leaves out.
    assume(error is None or "trailing junk after parameter" not in error.args[0])
    try:
        script = parse(Migration(1, NAME, text))
    except MigrationFailed as failure:
        assert_same_refusal(text, str(failure), error)
    else:
        assert error is None
        await assert_each_is_one(connection, script)


@settings(generated, max_examples=150)
@given(file=sql_generator.valid_files())
async def test_the_server_takes_each_statement_for_one(connection: Connection[Record], file: File) -> None:
    assert await refusal(connection, file.text) is None
    await assert_each_is_one(connection, parse(Migration(1, NAME, file.text)))


async def test_whole_files_do_what_their_statements_do_one_by_one(empty_database: TestDatabase, tmp_path: Path) -> None:
    files = examples(60)
    connection = await empty_database.connect("postgres")
    for number, file in enumerate(files):
        (tmp_path / f"{number}.sql").write_text(file.text, newline="")
        for schema in (f"whole_{number}", f"parts_{number}"):
            await connection.execute(f"CREATE SCHEMA {schema}; SET search_path TO {schema}; {SCHEMA}")
    said = run_whole(empty_database, tmp_path, len(files))
    for number, file in enumerate(files):
        await connection.execute(f"SET search_path TO parts_{number}")
        script = parse(Migration(1, NAME, file.text))
        done = [await connection.execute(statement.sql) for statement in script.statements]
        assert said[number] == done, file.text
        parts = await effects(connection, f"parts_{number}")
        assert await effects(connection, f"whole_{number}") == parts, file.text
    await connection.close()


async def run(connection: Connection[Record], file: File, fresh: bool) -> None:
    script = parse(Migration(1, NAME, file.text))
    progress = Progress(NAME, len(script.statements), "1/1")
    await apply(connection, Ledger(connection, RECORD), script, progress, fresh=fresh, last=True)


async def contents(connection: Connection[Record]) -> tuple[Any, ...]:
    return tuple(
        await connection.fetchrow(
            """
            SELECT
                (SELECT count(*) FROM effects),
                (SELECT count(*) FROM public.schema_migrations),
                (SELECT count(*) FROM pg_attribute),
                (SELECT count(*) FROM pg_proc),
                (SELECT count(*) FROM pg_rewrite),
                (SELECT count(*) FROM pg_description)
            """
        )
        or ()
    )


def assert_told(file: File, report: str) -> None:
    line, column = file.line_and_column()
    match = REPORT.match(report)
    assert match, report
    assert match["place"] == f"{NAME}:{line}:{column}", report
    assert_shown(file.text.split("\n")[line - 1].removesuffix("\r"), column - 1, match["shown"], match["margin"])
    if cut_short := CUT_SHORT.search(report):
        assert int(cut_short[1]) == file.text.count("\n", 0, file.statements[-1][0]) + 1, report


def assert_shown(line: str, column: int, shown: str, margin: str) -> None:
    """The line, or a part of a long one, and under the place a caret."""
    before, after = line[:column].translate(SHOWN_AS), line[column:].translate(SHOWN_AS)
    assert width(shown) <= WIDTH + 2
    assert width(line) > WIDTH or shown == before + after
    left, right = shown.removeprefix("…"), shown.removesuffix("…")
    places = [place for place in range(len(shown) + 1) if blanks(shown[:place]) == margin]
    assert any(
        before.endswith(shown[:place].removeprefix("…"))
        and after.startswith(right[place:])
        and (left != shown or shown[:place] == before)
        and (right != shown or shown[place:] == after)
        for place in places
    ), (shown, margin)


def width(text: str) -> int:
    """The most that it takes on a terminal."""
    return sum(8 if letter == "\t" else columns(letter) for letter in text)


def blanks(text: str) -> str:
    """As wide as the text."""
    return "".join("\t" if letter == "\t" else " " * columns(letter) for letter in text)


def columns(letter: str) -> int:
    return 2 if letter in WIDE else 0 if letter in COMBINING else 1


async def refusal(connection: Connection[Record], text: str) -> PostgresError | None:
    """What the server's parser has against it.

    In a transaction that has failed the server still reads what it is sent, and runs nothing.
    """
    await fail(connection)
    try:
        await connection.execute(BEFORE + text)
    except InFailedSQLTransactionError:
        return None
    except PostgresError as error:
        # COMMIT and END are run all the same, and what follows them too.
        return error if connection.is_in_transaction() else None
    return None


async def assert_each_is_one(connection: Connection[Record], script: Script) -> None:
    """The server prepares no two statements as one."""
    for statement in script.statements:
        await fail(connection)
        with pytest.raises(InFailedSQLTransactionError):
            await connection.prepare(statement.sql)


async def fail(connection: Connection[Record]) -> None:
    if not connection.is_in_transaction():
        await connection.execute("BEGIN")
        with pytest.raises(PostgresError):
            await connection.execute("SELECT 1/0")


def assert_same_refusal(text: str, report: str, error: PostgresError | None) -> None:
    if error is None:
        assert NOT_ALLOWED.search(report), report
        return
    at_end = "at end of input" in error.args[0]
    place = grammar.end(text) if at_end else int(error.position or 0) - 1 - len(BEFORE)
    line, column = File(text, [], place).line_and_column()
    assert report.startswith(f"{NAME}:{line}:{column}: ")
    assert error.args[0].split(" at or near ")[0] in report or "psql" in report


def examples(count: int) -> list[File]:
    found: list[File] = []

    @settings(generated, max_examples=count, database=None)
    @given(sql_generator.valid_files())
    def find(file: File) -> None:
        found.append(file)

    find()
    return found


def run_whole(database: TestDatabase, directory: Path, count: int) -> list[list[str]]:
    """Each file as one query; what the server answers for each of its statements."""
    container, place = database.server.container, f"/tmp/{database.name}"
    docker("cp", "--quiet", str(directory), f"{container}:{place}")
    psql = f"psql -X -v ON_ERROR_STOP=1 -U postgres -d {database.name}"
    commands = [
        f'PGOPTIONS="-c search_path=whole_{number}" {psql} -c "$(cat {place}/{number}.sql)"; echo ----'
        for number in range(count)
    ]
    said = docker("exec", container, "sh", "-ec", "\n".join(commands))
    return [answers.splitlines() for answers in said.replace("----\n", "----").split("----")][:count]


async def effects(connection: Connection[Record], schema: str) -> list[str]:
    """All that the generated statements can have made."""
    await connection.execute(f"SET search_path TO {schema}")
    rows = await connection.fetch(
        """
        WITH tables AS (SELECT * FROM pg_class WHERE relnamespace = $1::regnamespace)
        SELECT 'column ' || relname || attname || coalesce(pg_get_expr(adbin, adrelid), '')
        FROM tables
        JOIN pg_attribute ON attrelid = tables.oid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        UNION ALL
        SELECT 'rule ' || pg_get_ruledef(pg_rewrite.oid) FROM pg_rewrite JOIN tables ON ev_class = tables.oid
        UNION ALL
        SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = $1::regnamespace
        UNION ALL
        SELECT 'comment ' || description FROM pg_description JOIN tables ON objoid = tables.oid
        UNION ALL
        SELECT 'row ' || row_to_json(effects) FROM effects
        ORDER BY 1
        """,
        schema,
    )
    return [row[0].replace(f"{schema}.", "") for row in rows]
