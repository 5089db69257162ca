from __future__ import annotations

from pathlib import Path

import pytest

from migrator.discovery import discover
from migrator.errors import HistoryError


def test_files_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("010_c.sql", "002_b.sql", "001_a.sql", "README.md", "notes.sql.bak"):
        (tmp_path / name).write_text("SELECT 1")
    assert [migration.name for migration in discover(tmp_path)] == ["001_a.sql", "002_b.sql", "010_c.sql"]


def test_every_unusable_file_is_named_at_once(tmp_path: Path) -> None:
    for name in ("001_a.sql", "1_short.sql", "001_again.sql", "002 space.sql", "003_Upper.sql", "name.sql"):
        (tmp_path / name).write_text("SELECT 1")
    (tmp_path / "004_latin1.sql").write_bytes(b"SELECT '\xe9'")
    with pytest.raises(HistoryError) as caught:
        discover(tmp_path)
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "001_again.sql",
        "002 space.sql",
        "003_Upper.sql",
        "004_latin1.sql",
        "1_short.sql",
        "name.sql",
    ]


def test_a_missing_directory_says_which_setting_names_it(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="MIGRATIONS_DIR"):
        discover(tmp_path / "nowhere")


def test_an_empty_directory_is_taken_for_the_wrong_one(tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    with pytest.raises(HistoryError, match=r"holds no \.sql file"):
        discover(tmp_path)


def test_an_editors_habits_do_not_change_the_checksum(tmp_path: Path) -> None:
    checksums = set()
    for content in (b"SELECT 1;\nSELECT 2;\n", b"SELECT 1;\r\nSELECT 2;\r\n", b"\xef\xbb\xbfSELECT 1;\nSELECT 2;\n"):
        (tmp_path / "001_a.sql").write_bytes(content)
        checksums.add(discover(tmp_path)[0].checksum)
    assert len(checksums) == 1
