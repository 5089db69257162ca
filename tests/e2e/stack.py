"""The real Compose stack, under a project name and with ports of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emulator.client import Emulator
from tests.hostile import PASSWORD
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]
OVERLAYS = Path(__file__).parent / "overlays"
#: An overlay for stacks that tests wait for.
READY_SOONER = "ready-sooner.yaml"
NEVER = "0001-01-01T00:00:00Z"

#: Without the settings that a developer keeps in the environment or in .env.
_OWN_ENVIRONMENT = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME") or "DOCKER" in name}

SECRETS = ("postgres_password", "migrator_db_password", "bot_db_password", "bot_token")


@dataclass(frozen=True)
class Stack:
    project: str
    files: tuple[Path, ...]
    environment: dict[str, str] = field(default_factory=dict)

    def compose(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        files = [part for file in self.files for part in ("--file", str(file))]
        done = subprocess.run(
            ["docker", "compose", "--env-file", "/dev/null", "--project-name", self.project, *files, *arguments],
            cwd=ROOT,
            env={**_OWN_ENVIRONMENT, "DEMO_PORT": "0", **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or not check, f"docker compose {' '.join(arguments)}:\n{done.stderr}"
        return done

    def up(self, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.compose("up", "--detach", "--wait", "--wait-timeout", "120", check=check)

    def logs(self, *services: str) -> str:
        return self.compose("logs", "--no-color", "--no-log-prefix", *services).stdout

    def report(self) -> str:
        """For whoever has to find out why a test failed."""
        shown = (self.compose("ps", "--all", check=False), self.compose("logs", "--tail", "200", check=False))
        return "".join(part.stdout for part in shown)

    def container(self, service: str) -> str:
        return self.compose("ps", "--all", "--quiet", service).stdout.strip()

    def inspect(self, service: str) -> dict[str, Any]:
        shown: list[dict[str, Any]] = json.loads(docker("inspect", self.container(service)))
        return shown[0]

    def state(self, service: str) -> dict[str, Any]:
        state: dict[str, Any] = self.inspect(service)["State"]
        return state

    def started(self, service: str) -> bool:
        """Whether its container has ever run."""
        return bool(self.state(service)["StartedAt"] != NEVER)

    def has_restarted(self, service: str, restarts: int) -> bool:
        shown = self.inspect(service)
        return bool(shown["RestartCount"] > restarts and shown["State"]["Running"])

    def has_ended_after_sigterm(self, service: str) -> bool:
        self.compose("kill", "--signal", "SIGTERM", service, check=False)
        return not self.state(service)["Running"]

    def crash(self, service: str) -> None:
        """kill -9 from outside of the container: what `docker kill` ends, its restart policy leaves alone."""
        kill = f"kill -9 {self.state(service)['Pid']}"
        docker("run", "--rm", "--pid", "host", "--entrypoint", "sh", "postgres:17", "-c", kill)

    def sql(self, query: str) -> str:
        psql = ("psql", "--username", "migrator", "--no-align", "--tuples-only", "--command", query, "orderly")
        return self.compose("exec", "--no-TTY", "postgres", *psql).stdout.strip()

    def wait_until_idle(self) -> None:
        """Nothing waits to be handled or sent."""
        waiting = "SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM outbox WHERE state = 'pending')"
        emulator = self.emulator
        wait_for(
            lambda: emulator.counts()["waiting"] == 0 and self.sql(waiting) == "0", "everything is handled and sent"
        )

    @property
    def emulator(self) -> Emulator:
        return Emulator("http://" + self.compose("port", "emulator", "8081").stdout.strip())


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout


def demo_stack(folder: Path, *overlays: str, **environment: str) -> AbstractContextManager[Stack]:
    files = (ROOT / "compose.yaml", ROOT / "compose.demo.yaml", *(OVERLAYS / name for name in overlays))
    return _stack(folder, files, environment)


def production_stack(folder: Path) -> AbstractContextManager[Stack]:
    return _stack(folder, (ROOT / "compose.yaml",), {})


@contextmanager
def _stack(folder: Path, files: tuple[Path, ...], environment: dict[str, str]) -> Iterator[Stack]:
    """Not yet up; torn down with its volumes whatever happens, its logs shown on a failure."""
    secrets = folder / "secrets"
    secrets.mkdir()
    for name in SECRETS:
        (secrets / name).write_text(PASSWORD)
    stack = Stack(f"orderly-test-{uuid.uuid4().hex[:8]}", files, {"SECRETS_DIR": str(secrets), **environment})
    try:
        yield stack
    except BaseException:
        sys.stderr.write(stack.report())
        raise
    finally:
        stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "5", check=False)
