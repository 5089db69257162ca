"""What somebody is told on whose machine Docker cannot be set up; the commands it asks are stand-ins."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts/ensure-docker"

NOT_ROOT = "echo 1000"
NO_ENGINE = 'echo "permission denied while trying to connect to the Docker daemon socket" >&2; exit 1'
ENGINE_ONLY = '[ "$1" = info ]'


def ensure_docker(folder: Path, docker_host: str = "", **commands: str) -> subprocess.CompletedProcess[str]:
    for name, script in commands.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    for name in ("bash", "env", "grep", "head", "sort"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    environment = {"PATH": str(folder), "DOCKER_HOST": docker_host}
    return subprocess.run(
        [SCRIPT], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("commands", "told"),
    [
        ({}, "not installed. Install Docker Engine"),
        ({"docker": NO_ENGINE}, "permission denied"),
        ({"docker": NO_ENGINE}, "add yourself to the group docker"),
        ({"docker": ENGINE_ONLY}, "Compose 2.24.4 or newer is missing"),
        ({"docker": "echo 2.20.0"}, "Compose 2.24.4 or newer is missing"),
        ({"docker": "echo v2.9.9"}, "Compose 2.24.4 or newer is missing"),
    ],
)
def test_what_is_missing_is_told_with_what_to_do(tmp_path: Path, commands: dict[str, str], told: str) -> None:
    refused = ensure_docker(tmp_path, id=NOT_ROOT, **commands)
    assert refused.returncode == 1
    assert told in refused.stderr


def test_an_engine_elsewhere_that_does_not_answer_is_not_replaced(tmp_path: Path) -> None:
    """As root, too, where one could be set up on this machine."""
    refused = ensure_docker(tmp_path, "tcp://192.0.2.1:2375", id="echo 0", docker=NO_ENGINE)
    assert refused.returncode == 1
    assert "no engine answers at DOCKER_HOST=tcp://192.0.2.1:2375. Start it there, or unset" in refused.stderr


@pytest.mark.parametrize("version", ["2.24.4", "v2.40.3", "2.100.0", "5.0.1"])
def test_a_docker_that_works_is_left_alone(tmp_path: Path, version: str) -> None:
    done = ensure_docker(tmp_path, id=NOT_ROOT, docker=f"echo {version}")
    assert (done.returncode, done.stderr) == (0, "")
