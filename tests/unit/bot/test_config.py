from __future__ import annotations

from pathlib import Path

import pytest

from bot import config
from bot.errors import ConfigError

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
COMPLETE = {"BOT_TOKEN": TOKEN, "DATABASE_URL": "postgresql://bot@postgres:5432/orderly"}


@pytest.fixture(autouse=True)
def _only_what_the_test_sets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in config.Config.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))


def load(monkeypatch: pytest.MonkeyPatch, **environment: str) -> config.Config:
    for name, value in (COMPLETE | environment).items():
        monkeypatch.setenv(name, value)
    return config.load()


def test_secret_files_are_read_without_the_line_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bot_token").write_text(TOKEN + "\n")
    (tmp_path / "database_password").write_text('it\'s "quoted" \\ $HOME\n')
    monkeypatch.setenv("DATABASE_URL", COMPLETE["DATABASE_URL"])
    loaded = config.load()
    assert loaded.bot_token.get_secret_value() == TOKEN
    assert loaded.database_password is not None
    assert loaded.database_password.get_secret_value() == 'it\'s "quoted" \\ $HOME'


def test_every_missing_setting_is_named_in_a_line_that_says_what_to_do() -> None:
    with pytest.raises(ConfigError) as caught:
        config.load()
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("BOT_TOKEN: is missing. Put the token")
    assert lines[1].startswith("DATABASE_URL: is missing. Give the database as")


def test_an_empty_token_file_counts_as_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bot_token").touch()
    monkeypatch.setenv("DATABASE_URL", COMPLETE["DATABASE_URL"])
    with pytest.raises(ConfigError, match=r"^BOT_TOKEN: is missing"):
        config.load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "987654321"),
        ("BOT_TOKEN", "123456789:short"),
        ("BOT_TOKEN", f"bot{TOKEN}"),
        ("BOT_API_URL", "api.telegram.org"),
        ("DATABASE_URL", "mysql://bot:hunter2-secret@db/orderly"),
        ("DATABASE_POOL_MIN_SIZE", "0"),
        ("DATABASE_POOL_MAX_SIZE", "many"),
        ("DATABASE_POOL_MIN_SIZE", "11"),
        ("DATABASE_TIMEOUT_SECONDS", "0"),
        ("DRAIN_TIMEOUT_SECONDS", "-1"),
        ("HEALTH_PORT", "65536"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_malformed_setting_is_named_and_its_value_is_not(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(monkeypatch, **{name: value})
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert message.endswith(".")
    assert "\n" not in message
    if len(value) > 2:
        assert value not in message


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, LOG_LEVEL="", BOT_API_URL="").bot_api_url == "https://api.telegram.org"


def test_an_unreadable_secret_is_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "database_password").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="secret file"):
        load(monkeypatch)


def test_no_secret_shows_when_the_configuration_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load(monkeypatch, DATABASE_PASSWORD="hunter2-secret", DATABASE_URL="postgresql://bot:in-the-url@db/x")
    for shown in (repr(loaded), str(loaded), loaded.model_dump_json()):
        assert TOKEN not in shown
        assert "hunter2-secret" not in shown
        assert "in-the-url" not in shown
