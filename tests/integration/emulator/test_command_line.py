from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.bot.processes import EmulatorProcess
from tests.integration.postgres import ROOT


def emulator(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "emulator", *arguments],
        env={"PYTHONPATH": str(ROOT / "emulator/src")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("serve", "--token-file", "/nowhere"), "/nowhere"),
        (("serve", "--token-file", str(ROOT / "README.md")), "holds no token"),
        (("chat", "--url", "http://127.0.0.1:1"), "start the demo with `make up`"),
        (("healthcheck", "--url", "http://127.0.0.1:1"), "refused"),
    ],
)
def test_a_mistake_is_told_in_one_line(arguments: tuple[str, ...], told: str) -> None:
    ended = emulator(*arguments)
    assert ended.returncode == 1
    assert told in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_told(telegram: EmulatorProcess, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("1:token")
    ended = emulator("serve", "--token-file", str(token), "--port", telegram.url.rpartition(":")[2])
    assert ended.returncode == 1
    assert "address already in use" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_answers_while_it_runs(telegram: EmulatorProcess) -> None:
    assert emulator("healthcheck", "--url", telegram.url).returncode == 0
