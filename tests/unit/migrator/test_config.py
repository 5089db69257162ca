from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator import cli, config


@pytest.fixture(autouse=True)
def _only_what_the_test_sets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in config.Config.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.captureWarnings(False)
    logging.basicConfig(level=level, handlers=handlers, force=True)


def test_a_missing_setting_ends_with_code_2_and_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    error = capsys.readouterr().err
    assert (
        error
        == "migrator: error: DATABASE_URL: is missing. Give the database as postgresql://migrator@HOST:5432/NAME.\n"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "host=db password=hunter2"),
        ("DATABASE_URL", "postgresql://u:hunter2@[broken/db"),
        ("DATABASE_URL", "postgresql://u:hunter2@host:port/db"),
        ("LOCK_WAIT_SECONDS", "-1"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_malformed_setting_is_named_and_no_password_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://migrator@127.0.0.1:1/orderly")
    (tmp_path / "001_a.sql").touch()
    monkeypatch.setenv("MIGRATIONS_DIR", str(tmp_path))
    monkeypatch.setenv(name, value)
    assert cli.main(["up"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"migrator: error: {name}: ")
    assert error.count("\n") == 1
    assert "hunter2" not in error


def test_an_unknown_command_ends_with_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["down"])
    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err
