"""The migrator's image with files of somebody else, and as an operator uses it beside a running stack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.stack import Stack, docker

FILES = {
    "20260101120000_shelves.sql": "CREATE SCHEMA library;\nCREATE TABLE library.shelves (id int);",
    "20260102090000_Add-index.sql": (
        "-- migrate: no-transaction\nCREATE INDEX CONCURRENTLY shelves_id ON library.shelves (id);"
    ),
}


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    directory = tmp_path / "sql"
    directory.mkdir()
    for name, text in FILES.items():
        (directory / name).write_text(text)
    tmp_path.chmod(0o755)
    directory.chmod(0o755)
    return directory


def migrator(stack: Stack, *arguments: str, options: tuple[str, ...] = (), check: bool = True) -> tuple[int, str]:
    done = stack.compose("run", "--rm", "--no-TTY", *options, "migrator", *arguments, check=check)
    return done.returncode, done.stdout


def test_files_and_a_record_of_somebody_else_live_beside_ours(stack: Stack, theirs: Path) -> None:
    options = ("--volume", f"{theirs}:/migrations:ro", "--env", "MIGRATIONS_TABLE=library_migrations.record")
    migrator(stack, "up", options=options)
    assert stack.sql("SELECT count(*) FROM library.shelves") == "0"
    assert stack.sql("SELECT string_agg(name, ' ' ORDER BY version) FROM library_migrations.record") == " ".join(FILES)
    shown = json.loads(migrator(stack, "status", "--json", "--exit-code", options=options)[1])
    assert [entry["state"] for entry in shown["migrations"]] == ["applied", "applied"]


def test_an_operator_asks_how_far_the_schema_is(stack: Stack) -> None:
    code, said = migrator(stack, "status", "--exit-code")
    assert code == 0
    assert "nothing pending" in said
    assert migrator(stack, "plan")[1] == "nothing to apply\n"


def test_the_files_are_checked_without_a_database(images: None) -> None:
    assert docker("run", "--rm", "--network", "none", "--read-only", "orderly-migrator", "verify").endswith(
        "all well\n"
    )


def test_what_was_done_cannot_be_repaired_by_accident(stack: Stack) -> None:
    code, said = migrator(stack, "repair", "001_users.sql", check=False)
    assert code == 0
    assert said == "001_users.sql: is as recorded, nothing to repair\n"
