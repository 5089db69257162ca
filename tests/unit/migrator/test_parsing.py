from __future__ import annotations

import pytest

from migrator.directives import Directives
from migrator.discovery import Migration
from migrator.errors import MigrationFailed
from migrator.parsing import Script, parse


def read(text: str) -> Script:
    return parse(Migration(1, "001_a.sql", text))


def refusal(text: str) -> list[str]:
    with pytest.raises(MigrationFailed) as caught:
        read(text)
    return str(caught.value).split("\n")


def test_a_file_is_split_where_postgresql_splits_it() -> None:
    text = (
        "-- a comment; with a semicolon, and 漢字\n"
        "CREATE TABLE a (x text DEFAULT 'one;two');;\n"
        "/* nested /* ; */ */\n"
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN 1; END; $body$;\n"
        "CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;\n"
        "INSERT INTO a VALUES (E'it\\'s;')"
    )
    found = read(text).statements
    assert [statement.sql.split()[0] for statement in found] == ["CREATE", "CREATE", "CREATE", "INSERT"]
    for statement in found:
        assert text.startswith(statement.sql, statement.offset)


@pytest.mark.parametrize("text", ["", "\n\n", "-- nothing yet\n", "/* nothing */", ";;"])
def test_a_file_without_statements_is_fine(text: str) -> None:
    assert read(text).statements == []


def test_a_directive_counts_in_a_file_without_statements_too() -> None:
    assert read("-- migrate: lock-timeout 1s\n").directives == Directives(lock_timeout="1s")


def test_directives_may_stand_among_other_comments() -> None:
    script = read("-- why\n\n-- migrate: no-transaction\n/* and */\n-- migrate: lock-timeout 1s\nVACUUM;\n")
    assert script.directives == Directives(transaction=False, lock_timeout="1s")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT '\n-- migrate: no-transaction\n';",
        "/*\n-- migrate: nonsense\n*/\nSELECT 1;",
        "SELECT $$-- +goose Down$$;",
    ],
)
def test_what_only_looks_like_a_directive_is_none(text: str) -> None:
    assert read(text).directives == Directives()


def test_a_directive_below_the_first_statement_is_refused_with_its_place() -> None:
    assert refusal("SELECT 1;\n  -- migrate: no-transaction\n") == [
        "001_a.sql:2:3: a directive stands above the first statement: move it there",
        "      -- migrate: no-transaction",
        "      ^",
    ]


@pytest.mark.parametrize("statement", ["BEGIN", "COMMIT", "SAVEPOINT a", "commit and chain", "/* why */ ROLLBACK"])
def test_transaction_control_is_refused_at_its_first_word(statement: str) -> None:
    column = len(statement) - len(statement.removeprefix("/* why */ ")) + 1
    [head, *_] = refusal(f"SELECT 1;\n{statement};\n")
    assert head.startswith(f"001_a.sql:2:{column}: a migration is one transaction already")


def test_a_syntax_error_shows_its_place() -> None:
    assert refusal("SELECT 1;\n\tSELEC 'é', 2;\n") == [
        '001_a.sql:2:2: syntax error at or near "SELEC"',
        "    \tSELEC 'é', 2;",
        "    \t^",
    ]


def test_a_statement_without_its_end_is_named_by_its_line() -> None:
    [head, *_] = refusal("SELECT 1;\n\n-- next\nSELECT\n  2 +\n\n")
    assert head == ("001_a.sql:5:6: syntax error at end of input; the statement that begins in line 4 is not finished")


def test_the_finished_part_is_told_by_its_statements_and_not_by_comments_or_blanks() -> None:
    one, other = read("-- a\nSELECT 1;\n\nSELECT 2;"), read("SELECT 1  ; /* b */ SELECT 2; SELECT 3;")
    assert one.checksums()[0] == other.checksums()[0]
    assert one.checksums()[1] != one.checksums()[2]
    assert read("SELECT 1; SELECT 2").checksums()[2] == one.checksums()[2]
    assert read("SELECT 1; SELECT 3").checksums()[2] != one.checksums()[2]


def test_a_large_file_in_another_script_is_split_at_its_places() -> None:
    row = "INSERT INTO письма VALUES ('" + "ё" * 400 + "');\n"
    found = read(row * 3000).statements
    assert len(found) == 3000
    assert [statement.offset for statement in found] == [len(row) * number for number in range(3000)]


def test_a_quote_of_dollars_may_have_a_name_in_any_script() -> None:
    text = "SELECT $é$ $_$; $é$; SELECT 2"
    assert [statement.sql for statement in read(text).statements] == ["SELECT $é$ $_$; $é$", "SELECT 2"]
