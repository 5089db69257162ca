from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from migrator import cli, config
from migrator.config import Table
from migrator.errors import ConfigError

URL = "postgresql://migrator@127.0.0.1:1/orderly"
TEXT = "Make it a text that everybody may read."
SECRET = "hunter2"
SECONDS = ("DATABASE_WAIT_SECONDS", "LOCK_WAIT_SECONDS", "LOCK_TIMEOUT_SECONDS", "LOCK_RETRY_SECONDS")


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    directory = tmp_path / "secrets"
    directory.mkdir()
    return directory


def faults() -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config.load()
    return str(caught.value).split("\n")


def test_all_but_the_database_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    assert config.load() == config.Config(
        database_url=URL,
        database_password=None,
        migrations_dir=Path("/migrations"),
        migrations_table=Table("public", "schema_migrations"),
        database_wait_seconds=60,
        lock_wait_seconds=60,
        lock_timeout_seconds=5,
        lock_retry_seconds=120,
    )
    assert config.log_format() == "text"


def test_every_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {
        "DATABASE_URL": URL,
        "DATABASE_PASSWORD": SECRET,
        "MIGRATIONS_DIR": "/elsewhere",
        "MIGRATIONS_TABLE": "own.record",
        "DATABASE_WAIT_SECONDS": "1",
        "LOCK_WAIT_SECONDS": "2",
        "LOCK_TIMEOUT_SECONDS": "0.5",
        "LOCK_RETRY_SECONDS": "0",
        "LOG_FORMAT": "json",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert config.load() == config.Config(URL, SECRET, Path("/elsewhere"), Table("own", "record"), 1, 2, 0.5, 0)
    assert config.log_format() == "json"
    assert {name.lower() for name in settings} == {field.name for field in fields(config.Config)} | {"log_format"}


def test_a_secret_file_is_read_without_the_blanks_around(secrets: Path) -> None:
    (secrets / "database_url").write_text(f"{URL}\n")
    (secrets / "database_password").write_text(f"  {SECRET}é \r\n", "utf-8")
    loaded = config.load()
    assert (loaded.database_url, loaded.database_password) == (URL, f"{SECRET}é")


def test_the_environment_comes_before_a_secret_file(monkeypatch: pytest.MonkeyPatch, secrets: Path) -> None:
    (secrets / "database_url").write_text("postgresql://other@host/db")
    monkeypatch.setenv("DATABASE_URL", URL)
    assert config.load().database_url == URL


def test_an_empty_setting_counts_as_missing(monkeypatch: pytest.MonkeyPatch, secrets: Path) -> None:
    for field in fields(config.Config):
        monkeypatch.setenv(field.name.upper(), "")
    (secrets / "database_url").write_text(URL)
    (secrets / "database_password").write_text("\n")
    loaded = config.load()
    assert loaded.database_url == URL
    assert loaded.database_password is None
    assert loaded.migrations_dir == Path("/migrations")
    assert loaded.lock_wait_seconds == 60


def test_every_fault_is_listed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"mysql://u:{SECRET}@host/db")
    monkeypatch.setenv("MIGRATIONS_TABLE", f"{SECRET} {SECRET}")
    for name in SECONDS:
        monkeypatch.setenv(name, SECRET)
    listed = faults()
    assert [line.partition(":")[0] for line in listed] == ["DATABASE_URL", "MIGRATIONS_TABLE", *SECONDS]
    assert SECRET not in "\n".join(listed)


@pytest.mark.parametrize("value", ["-1", "-0.001", "2000001", "nan", "inf", "5s", "1,5", "one"])
def test_seconds_that_cannot_be_waited_are_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("LOCK_WAIT_SECONDS", value)
    assert faults() == [
        "LOCK_WAIT_SECONDS: must be a number from 0 to 2000000. Give the seconds to wait for another migrator."
    ]


@pytest.mark.parametrize(
    ("value", "table"),
    [
        ("record", Table("public", "record")),
        ("app.record", Table("app", "record")),
        ("_a1._b2", Table("_a1", "_b2")),
        ("a" * 63, Table("public", "a" * 63)),
    ],
)
def test_the_record_may_have_a_schema_of_its_own(monkeypatch: pytest.MonkeyPatch, value: str, table: Table) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("MIGRATIONS_TABLE", value)
    assert config.load().migrations_table == table


@pytest.mark.parametrize("value", ["Record", "a.b.c", "a b", '"a"', "1a", "a.", ".a", "a" * 64, "é", "a;--", "a\n"])
def test_what_is_no_name_of_a_table_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("MIGRATIONS_TABLE", value)
    assert [line.partition(":")[0] for line in faults()] == ["MIGRATIONS_TABLE"]


def test_a_secret_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, secrets: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    (secrets / "database_password").mkdir()
    path = secrets / "database_password"
    assert faults() == [f"DATABASE_PASSWORD: the secret file {path} cannot be read: Is a directory. {TEXT}"]


def test_a_secret_file_that_is_not_text_is_named_and_not_shown(secrets: Path) -> None:
    (secrets / "database_url").write_bytes(f"postgresql://u:{SECRET}".encode("utf-16"))
    path = secrets / "database_url"
    assert faults() == [f"DATABASE_URL: the secret file {path} cannot be read: it is not text in UTF-8. {TEXT}"]


def test_neither_the_url_nor_the_password_is_shown_with_the_rest() -> None:
    shown = repr(config.Config(f"postgresql://u:{SECRET}@h/d", SECRET, Path(), Table("a", "b"), 0, 0, 0, 0))
    assert SECRET not in shown


def test_a_missing_setting_ends_with_code_2_and_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert capsys.readouterr().err == (
        "migrator: error: DATABASE_URL: is missing. Give the database as postgresql://ROLE@HOST:5432/NAME.\n"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"host=db password={SECRET}"),
        ("DATABASE_URL", f"postgresql://u:{SECRET}@[broken/db"),
        ("DATABASE_URL", f"postgresql://u:{SECRET}@host:port/db"),
        ("LOCK_WAIT_SECONDS", f"-1{SECRET}"),
        ("LOG_FORMAT", f"xml{SECRET}"),
    ],
)
def test_a_malformed_setting_is_named_and_its_value_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, value: str
) -> None:
    (tmp_path / "001_a.sql").touch()
    monkeypatch.setenv("MIGRATIONS_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv(name, value)
    assert cli.main(["up"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"migrator: error: {name}: ")
    assert error.count("\n") == 1
    assert SECRET not in error
