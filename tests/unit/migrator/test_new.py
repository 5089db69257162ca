from __future__ import annotations

import re
from pathlib import Path

import pytest

from migrator.commands.new import HEADER, new
from migrator.discovery import discover
from migrator.errors import ConfigError, HistoryError
from migrator.parsing import parse


def made(directory: Path, name: str, capsys: pytest.CaptureFixture[str]) -> str:
    new(directory, name)
    path = Path(capsys.readouterr().out.removesuffix("\n"))
    assert path.read_text("utf-8") == HEADER
    assert path.parent == directory
    return path.name


def test_numbers_go_on_with_their_width(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert made(tmp_path, "first", capsys) == "001_first.sql"
    assert made(tmp_path, "second", capsys) == "002_second.sql"
    (tmp_path / "0999_wide.sql").touch()
    assert made(tmp_path, "third", capsys) == "1000_third.sql"


def test_a_number_may_outgrow_its_width(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "9_a.sql").touch()
    assert made(tmp_path, "b", capsys) == "10_b.sql"


def test_after_a_date_comes_the_date_of_today(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "20260131120000_a.sql").touch()
    assert re.fullmatch(r"20\d{12}_b\.sql", made(tmp_path, "b", capsys))


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("add_orders", "add_orders"),
        ("Add Orders!", "add_orders"),
        ("--a.sql--", "a_sql"),
        ("../../etc", "etc"),
        ("é2", "2"),
    ],
)
def test_any_name_becomes_one_that_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, slug: str
) -> None:
    assert made(tmp_path, name, capsys) == f"001_{slug}.sql"
    assert discover(tmp_path).faults == []


@pytest.mark.parametrize("name", ["", "---", "漢字", " "])
def test_a_name_without_letters_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="Name the file after what it does"):
        new(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_made_beside_files_that_cannot_be_counted(tmp_path: Path) -> None:
    (tmp_path / "orders.sql").touch()
    with pytest.raises(HistoryError, match=r"orders\.sql: bad name"):
        new(tmp_path, "b")
    assert [path.name for path in tmp_path.iterdir()] == ["orders.sql"]


def test_what_is_there_is_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "001_a.sql").write_text("SELECT 1;")
    monkeypatch.setattr("migrator.commands.new._next", lambda newest: newest)
    with pytest.raises(ConfigError, match="File exists"):
        new(tmp_path, "a")
    assert (tmp_path / "001_a.sql").read_text() == "SELECT 1;"


def test_the_new_file_can_be_applied_as_it_is(tmp_path: Path) -> None:
    new(tmp_path, "a")
    [migration] = discover(tmp_path).migrations
    assert parse(migration).statements == []
