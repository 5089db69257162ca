"""The bot under test as a process that starts in milliseconds, so that it can be killed often."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any, Self

from tests.integration.bot.processes import BotProcess
from tests.integration.postgres import ROOT
from tests.waiting import wait_for

SERVICE = ROOT / "services/bot/src"


class ForkServer:
    def __init__(self) -> None:
        self._one_at_a_time = Lock()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.bot.fork_server"],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(map(str, (ROOT, SERVICE)))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            pass  # it ends when nothing more can be asked

    def start(self, environment: dict[str, str], program: str, log: Path) -> int:
        """The number of the process."""
        return int(self._ask({"start": environment, "program": program, "log": str(log)}))

    def code_of(self, process: int) -> int | None:
        """None while it runs; asked once more after its end, it is an error."""
        code: int | None = self._ask({"code_of": process})
        return code

    def _ask(self, question: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._one_at_a_time:
            print(json.dumps(question), file=self._process.stdin, flush=True)
            return json.loads(self._process.stdout.readline())


class ForkedBot(BotProcess):
    def __init__(
        self, server: ForkServer, folder: Path, database_url: str, api_url: str, program: str = "bot", **settings: str
    ) -> None:
        """`program` is "bot", or "exercise_bot" for the one with handlers to be tried out."""
        folder.mkdir(exist_ok=True)
        super().__init__(folder, database_url, api_url, **settings)
        self._server = server
        self._program = program
        self._number = 0
        self._code: int | None = None

    def __exit__(self, *_: object) -> None:
        if self.running:
            self.end(signal.SIGKILL)
        print(self.said)

    def start(self) -> None:
        self._code = None
        self._number = self._server.start(self._environment, self._program, self._log)

    def wait(self, timeout: float = 60) -> int:
        wait_for(lambda: not self.running, "the bot ends", timeout)
        assert self._code is not None
        return self._code

    def end(self, number: signal.Signals) -> int:
        assert self.running, self.said
        os.kill(self._number, number)
        return self.wait()

    def freeze(self) -> None:
        os.kill(self._number, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._number, signal.SIGCONT)

    @property
    def running(self) -> bool:
        if self._number and self._code is None:
            self._code = self._server.code_of(self._number)
        return bool(self._number) and self._code is None

    def command(self, *arguments: str) -> str:
        """What `python -m bot` prints in the same environment. Raises CalledProcessError."""
        run = [sys.executable, "-m", "bot", *arguments]
        return subprocess.run(run, env=self._environment, check=True, capture_output=True, text=True).stdout
