"""The real bot and the emulator, each as a process that can be killed."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from emulator.client import Emulator
from tests.hostile import PASSWORD
from tests.integration.postgres import ROOT
from tests.waiting import wait_for

TOKEN = "1000000001:token-of-the-integration-tests-0001"


def _ports() -> Iterator[int]:
    """Below those that Linux chooses from, apart from another worker's; another run begins elsewhere."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = range(10_000 + worker, 32_768, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    start = random.randrange(len(ports))
    return itertools.cycle((*ports[start:], *ports[:start]))


_PORTS = _ports()


def free_port() -> int:
    """Likely to be free still when a process comes to listen there."""
    return next(port for port in _PORTS if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class Process:
    """Ended with its context, if it has not ended before; what it said is in `said`."""

    def __init__(self, log: Path, *command: str, **environment: str) -> None:
        self._log = log
        self._command = [sys.executable, "-m", *command]
        self._environment = {"PATH": os.environ["PATH"], **environment}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process and self._process.poll() is None:
            self.end(signal.SIGKILL)
        print(self.said)  # pytest shows it when the test has failed

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait(self, timeout: float = 60) -> int:
        assert self._process is not None
        return self._process.wait(timeout)

    def end(self, number: signal.Signals) -> int:
        """Sends the signal; the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        return self.wait()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def said(self) -> str:
        return self._log.read_text()

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.said.splitlines()]


class EmulatorProcess(Process):
    def __init__(self, folder: Path, *options: str) -> None:
        token_file = folder / "emulator_token"
        token_file.write_text(TOKEN)
        port = str(free_port())
        self.url = f"http://127.0.0.1:{port}"
        self.client = Emulator(self.url)
        super().__init__(
            folder / "emulator.log",
            *("emulator", "serve", "--port", port, "--token-file", str(token_file), *options),
            PYTHONPATH=str(ROOT / "emulator/src"),
        )

    def start(self) -> None:
        super().start()
        wait_for(self._answers, "the emulator answers")

    def _answers(self) -> bool:
        assert self.running, self.said
        try:
            self.client.status()
        except OSError:
            return False
        return True


class BotProcess(Process):
    def __init__(self, folder: Path, database_url: str, api_url: str, **settings: str) -> None:
        self.health_port = free_port()
        environment = {
            "PYTHONPATH": str(ROOT / "services/bot/src"),
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": api_url,
            "DATABASE_URL": database_url,
            "DATABASE_PASSWORD": PASSWORD,
            "HEALTH_PORT": str(self.health_port),
            **settings,
        }
        super().__init__(folder / "bot.log", "bot", "run", **environment)
        self._healthcheck = Process(folder / "healthcheck.log", "bot", "healthcheck", **environment)

    def configure(self, **settings: str) -> None:
        """From the next start on."""
        self._environment |= settings

    def healthcheck(self) -> int:
        """The exit code of the image's own probe."""
        self._healthcheck.start()
        return self._healthcheck.wait()

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        """Status and body; status 0 while nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.health_port, timeout=30)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, json.load(response)
        except OSError:
            return 0, {}
        finally:
            connection.close()

    def wait_until_ready(self) -> None:
        wait_for(lambda: self._looked()[0] == 200, "the bot is ready")

    def wait_for_problem(self, component: str) -> str:
        """What /ready tells about it."""
        problem = wait_for(lambda: self._looked()[1].get("problems", {}).get(component), f"a problem of {component}")
        return str(problem)

    def _looked(self) -> tuple[int, dict[str, Any]]:
        assert self.running, self.said
        return self.get("/ready")
