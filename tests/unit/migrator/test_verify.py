from __future__ import annotations

from pathlib import Path

import pytest

from migrator import cli


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "migrations"
    directory.mkdir()
    monkeypatch.setenv("MIGRATIONS_DIR", str(directory))
    return directory


def test_good_files_are_counted_without_a_database(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (directory / "001_a.sql").write_text("SELECT 1;")
    assert cli.main(["verify"]) == 0
    assert capsys.readouterr() == ("1 file, all well\n", "")
    (directory / "002_b.sql").write_text("-- migrate: no-transaction\nVACUUM;")
    assert cli.main(["verify"]) == 0
    assert capsys.readouterr() == ("2 files, all well\n", "")


def test_bad_sql_ends_with_code_1_and_every_fault(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("001_a.sql", "SELEC 1"), ("002_b.sql", "SELECT 1"), ("003_c.sql", "COMMIT")):
        (directory / name).write_text(text)
    assert cli.main(["verify"]) == 1
    printed, said = capsys.readouterr()
    assert printed == ""
    assert "001_a.sql:1:1: " in said
    assert "003_c.sql:1:1: " in said


def test_a_bad_name_ends_with_code_3_and_bad_sql_is_told_too(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (directory / "a.sql").touch()
    (directory / "001_a.sql").write_text("SELEC 1")
    assert cli.main(["verify"]) == 3
    said = capsys.readouterr().err
    assert "a.sql: bad name" in said
    assert "001_a.sql:1:1: " in said


def test_an_empty_directory_ends_with_code_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify"]) == 3
    assert "holds no .sql file" in capsys.readouterr().err
