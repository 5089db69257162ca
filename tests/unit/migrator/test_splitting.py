"""Whatever a file holds, it is split where its statements end."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings

from migrator.discovery import Migration
from migrator.errors import MigrationFailed
from migrator.parsing import Script, parse
from tests import sql_generator
from tests.sql_generator import BLANK, NO_TRANSACTION, RANDOM_TEXT, File

PLACE = re.compile(r"001_a\.sql:([0-9]+):([0-9]+): .")
COMMENT_MARKS = re.compile(r"--[^\n\r]*|/\*|\*/|.", re.DOTALL)

generated = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(text: str) -> Script:
    return parse(Migration(1, "001_a.sql", text))


def statements(script: Script) -> list[tuple[int, str]]:
    return [(statement.offset, statement.sql) for statement in script.statements]


@generated
@given(sql_generator.valid_files())
def test_a_file_is_split_into_the_statements_it_was_made_of(file: File) -> None:
    script = read(file.text)
    assert statements(script) == file.statements
    assert script.directives.transaction


@generated
@given(sql_generator.valid_files(NO_TRANSACTION))
def test_a_file_without_a_transaction_is_split_the_same(file: File) -> None:
    script = read(file.text)
    assert statements(script) == file.statements
    assert not script.directives.transaction


@settings(generated, max_examples=500)
@given(RANDOM_TEXT)
def test_any_text_is_refused_with_a_place_in_it_or_split_without_loss(text: str) -> None:
    try:
        script = read(text)
    except MigrationFailed as failure:
        assert_has_place(text, str(failure))
    else:
        assert re.fullmatch(f"[;{BLANK}]*", without_comments(between_statements(script)))


@pytest.mark.parametrize("comment", ["/**/", "-- why\n", " /* why */ -- why\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SELECT 1 NOT", "IN (2)"),
        ("SELECT 'a' NOT", "LIKE 'b'"),
        ("SELECT 1 ORDER BY 1 NULLS", "LAST"),
        ("CREATE TABLE a (at timestamp WITH", "TIME ZONE)"),
        ("SELECT U&'!0061'", "UESCAPE '!'"),
        ("SELECT U&'!0061' UESCAPE", "'!'"),
    ],
)
@pytest.mark.parametrize("directive", ["", f"{NO_TRANSACTION}\n"])
def test_a_comment_may_stand_between_any_two_words(before: str, comment: str, after: str, directive: str) -> None:
    statement = f"{before}{comment} {after}"
    script = read(f"{directive}SELECT 1; {statement};")
    assert statements(script) == [(len(directive), "SELECT 1"), (len(directive) + 10, statement)]


@pytest.mark.parametrize("space", ["\u00a0", "\u0085", "\u2003", "\u2028", "\u3000"])
def test_a_space_that_postgresql_takes_for_a_letter_is_kept(space: str) -> None:
    statement = f"ALTER TABLE a RENAME TO b{space}"
    assert statements(read(f"{statement} ; SELECT 1")) == [(0, statement), (len(statement) + 3, "SELECT 1")]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE RULE r AS ON UPDATE TO a DO ALSO (\nDELETE FROM b;\nDELETE FROM",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC\nSELECT 1;\nSELECT 2;\n",
        "CREATE PROCEDURE f() BEGIN ATOMIC\nDELETE FROM a;\nDELETE FROM b",
    ],
)
def test_of_a_statement_without_its_end_the_first_line_is_told(statement: str) -> None:
    with pytest.raises(MigrationFailed, match=r"the statement that begins in line 2 is not finished"):
        read(f"SELECT 1;\n{statement}")


def test_a_fault_without_a_place_is_told_at_its_statement() -> None:
    function = "CREATE FUNCTION f(OUT a int) RETURNS TABLE (b int) RETURN 1"
    with pytest.raises(
        MigrationFailed, match=r"^001_a\.sql:2:1: OUT and INOUT arguments aren't allowed in TABLE functions\n"
    ):
        read(f"SELECT 1;\n{function};\nSELECT 2;\n")


@pytest.mark.parametrize("literal", [r"U&'\zz'", r"E'\u12'", r"E'a\U99999999'"])
def test_a_faulty_escape_is_not_taken_for_a_command_of_psql(literal: str) -> None:
    with pytest.raises(MigrationFailed, match=r"^001_a\.sql:1:[0-9]+: invalid Unicode escape"):
        read(f"SELECT {literal};")


def assert_has_place(text: str, report: str) -> None:
    match = PLACE.match(report)
    assert match, report
    line, column = int(match[1]), int(match[2])
    lines = text.split("\n")
    assert 1 <= line <= len(lines)
    assert 1 <= column <= len(lines[line - 1]) + 1


def between_statements(script: Script) -> str:
    text, begin = "", 0
    for offset, sql in statements(script):
        assert script.migration.text.startswith(sql, offset)
        text += script.migration.text[begin:offset]
        begin = offset + len(sql)
    return text + script.migration.text[begin:]


def without_comments(text: str) -> str:
    kept, depth = "", 0
    for token in COMMENT_MARKS.findall(text):
        depth += {"/*": 1, "*/": -1}.get(token, 0)
        if depth == 0 and token != "*/" and not token.startswith("--"):
            kept += token
    return kept
