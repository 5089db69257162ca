from __future__ import annotations

from pathlib import Path

import pytest

from migrator.discovery import discover


def write(directory: Path, *names: str) -> None:
    for name in names:
        (directory / name).write_text("SELECT 1")


def test_files_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    write(tmp_path, "10_c.sql", "002_b.sql", "001_a.sql", "20260131120000_d.sql", "0_zero.sql")
    found = discover(tmp_path)
    assert [migration.name for migration in found.migrations] == [
        "0_zero.sql",
        "001_a.sql",
        "002_b.sql",
        "10_c.sql",
        "20260131120000_d.sql",
    ]
    assert [migration.version for migration in found.migrations] == [0, 1, 2, 10, 20260131120000]
    assert found.faults == []


def test_what_is_hidden_or_not_sql_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "001_a.sql", ".002_b.sql", ".001_a.sql.swp", "README.md", "notes.sql.bak", "001_a.sql~")
    (tmp_path / "..data").mkdir()
    assert [migration.name for migration in discover(tmp_path).migrations] == ["001_a.sql"]


def test_letters_digits_dashes_and_capitals_may_stand_in_a_name(tmp_path: Path) -> None:
    write(tmp_path, "1_a-B_2.sql", f"{'9' * 18}_x.sql")
    assert discover(tmp_path).faults == []


def test_every_unusable_file_is_named_at_once_and_the_others_are_found(tmp_path: Path) -> None:
    names = ["001_a.sql", "001_again.sql", "002 space.sql", "003_x.down.sql", "1_short.sql", "5_b.SQL", "name.sql"]
    write(tmp_path, *names, f"{'9' * 19}_long.sql")
    (tmp_path / "004_latin1.sql").write_bytes(b"SELECT '\xe9'")
    (tmp_path / "006_nul.sql").write_bytes(b"SELECT 1;\n\0")
    (tmp_path / "007_directory.sql").mkdir()
    found = discover(tmp_path)
    assert [migration.name for migration in found.migrations] == ["001_a.sql"]
    assert [fault.partition(": ")[0] for fault in found.faults] == [
        "001_again.sql",
        "002 space.sql",
        "003_x.down.sql",
        "004_latin1.sql",
        "006_nul.sql",
        "007_directory.sql",
        "1_short.sql",
        "5_b.SQL",
        f"{'9' * 19}_long.sql",
        "name.sql",
    ]


def test_a_missing_directory_says_which_setting_names_it(tmp_path: Path) -> None:
    found = discover(tmp_path / "nowhere")
    assert found.migrations == []
    assert found.faults == [
        f"{tmp_path}/nowhere: No such file or directory. Set MIGRATIONS_DIR to the directory that holds the .sql files."
    ]


def test_an_empty_directory_is_taken_for_the_wrong_one(tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    [fault] = discover(tmp_path).faults
    assert fault.startswith(f"{tmp_path}: holds no .sql file. Set MIGRATIONS_DIR")


def test_an_editors_habits_do_not_change_the_checksum(tmp_path: Path) -> None:
    checksums = set()
    for content in (b"SELECT 1;\nSELECT 2;\n", b"SELECT 1;\r\nSELECT 2;\r\n", b"\xef\xbb\xbfSELECT 1;\nSELECT 2;\n"):
        (tmp_path / "001_a.sql").write_bytes(content)
        checksums.add(discover(tmp_path).migrations[0].checksum)
    assert len(checksums) == 1


@pytest.mark.parametrize(
    "content", ["SELECT 1;\r", "SELECT 1; ", "select 1;", "SELECT 1;\n\n", "\ufeff\ufeffSELECT 1;"]
)
def test_anything_else_changes_the_checksum(tmp_path: Path, content: str) -> None:
    (tmp_path / "001_a.sql").write_text("SELECT 1;")
    (tmp_path / "002_b.sql").write_bytes(content.encode())
    first, second = discover(tmp_path).migrations
    assert first.checksum != second.checksum


def test_the_text_is_kept_as_it_is_but_for_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "001_a.sql").write_bytes("\ufeffSELECT 'é';\r\n\t\r".encode())
    assert discover(tmp_path).migrations[0].text == "SELECT 'é';\r\n\t\r"
