from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts/make-secrets"
TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"


def make_secrets(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, "--ask"],
        env={"PATH": os.environ["PATH"], "SECRETS_DIR": str(folder), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_passwords_are_random_and_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert make_secrets(folder).returncode == 0
    made = contents(folder)
    assert made.pop("bot_token") == ""
    assert set(made) == {"postgres_password", "migrator_db_password", "bot_db_password"}
    assert len(set(made.values())) == 3
    assert all(len(password.strip()) >= 32 for password in made.values())
    assert make_secrets(folder).returncode == 0
    assert contents(folder) == made | {"bot_token": ""}


def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    make_secrets(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_token_of_the_environment_is_kept_and_replaced(tmp_path: Path) -> None:
    assert make_secrets(tmp_path, BOT_TOKEN=TOKEN).returncode == 0
    assert contents(tmp_path)["bot_token"] == f"{TOKEN}\n"
    newer = TOKEN.replace("A", "B")
    assert make_secrets(tmp_path, BOT_TOKEN=newer).returncode == 0
    assert make_secrets(tmp_path).returncode == 0
    assert contents(tmp_path)["bot_token"] == f"{newer}\n"


@pytest.mark.parametrize("token", ["987654321", "not a token", f"{TOKEN} {TOKEN}", f"{TOKEN}\n; rm -rf /"])
def test_a_malformed_token_is_refused_and_not_shown(tmp_path: Path, token: str) -> None:
    refused = make_secrets(tmp_path, BOT_TOKEN=token)
    assert refused.returncode == 1
    assert "no bot token" in refused.stderr
    assert token not in refused.stderr
    assert contents(tmp_path)["bot_token"] == ""
