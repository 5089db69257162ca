from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.discovery import Migration
from migrator.errors import MigrationFailed
from migrator.parsing import pointer, statements


def migration(text: str) -> Migration:
    return Migration(1, "001_a.sql", text)


def test_a_file_is_split_where_postgresql_splits_it() -> None:
    text = (
        "-- a comment; with a semicolon, and 漢字\n"
        "CREATE TABLE a (x text DEFAULT 'one;two');;\n"
        "/* nested /* ; */ */\n"
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN 1; END; $body$;\n"
        "CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;\n"
        "INSERT INTO a VALUES (E'it\\'s;')"
    )
    found = statements(migration(text))
    assert [statement.sql.split()[0] for statement in found] == ["CREATE", "CREATE", "CREATE", "INSERT"]
    for statement in found:
        assert text.startswith(statement.sql, statement.offset)


@pytest.mark.parametrize("text", ["", "\n\n", "-- nothing yet\n", "/* nothing */", ";;"])
def test_a_file_without_statements_is_fine(text: str) -> None:
    assert statements(migration(text)) == []


@pytest.mark.parametrize(
    "statement", ["BEGIN", "COMMIT", "ROLLBACK", "START TRANSACTION", "SAVEPOINT a", "commit and chain"]
)
def test_transaction_control_is_refused_with_its_place(statement: str) -> None:
    with pytest.raises(MigrationFailed, match=r"^001_a\.sql:2:1: a migration is one transaction already"):
        statements(migration(f"SELECT 1;\n{statement};\n"))


@pytest.mark.parametrize("statement", ["COPY a FROM STDIN", "COPY a TO STDOUT", "copy (SELECT 1) to stdout"])
def test_a_copy_without_data_is_refused(statement: str) -> None:
    with pytest.raises(MigrationFailed, match=r"^001_a\.sql:1:1: the migrator has no data to copy"):
        statements(migration(f"{statement};\n"))


def test_a_syntax_error_shows_its_place() -> None:
    with pytest.raises(MigrationFailed) as caught:
        statements(migration("SELECT 1;\n\tSELEC 'é', 2;\n"))
    lines = str(caught.value).splitlines()
    assert lines[0] == '001_a.sql:2:2: syntax error at or near "SELEC"'
    assert lines[1:3] == ["    \tSELEC 'é', 2;", "    \t^"]


@given(st.text(max_size=200), st.data())
def test_a_pointer_can_be_made_for_any_place(text: str, data: st.DataObject) -> None:
    text = text.replace("\r", "")
    offset = data.draw(st.integers(min_value=0, max_value=len(text)))
    head = pointer(migration(text), offset, "here").split("\n")[0]
    line, column = (int(part) for part in head.split(":")[1:3])
    assert sum(len(earlier) + 1 for earlier in text.split("\n")[: line - 1]) + column - 1 == offset
