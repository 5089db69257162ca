"""Real migrator processes that begin within milliseconds: forks of one that has imported everything.

As a program, `python -m tests.integration.migrator.forks` reads a line with a run's environment, forks, and writes the
process id and then the exit code.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from tests.hostile import PASSWORD
from tests.integration.migrator.awaiting import wait_for
from tests.integration.postgres import ROOT


class Forks:
    """One migrator at a time."""

    def __init__(self, said: Path) -> None:
        self._said = said
        self._pid: int | None = None

    async def __aenter__(self) -> Forks:
        path = os.pathsep.join((str(ROOT), str(ROOT / "services/migrator/src")))
        self._parent = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__),
            env={"PATH": os.environ["PATH"], "PYTHONPATH": path},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._parent.stdin
        self._parent.stdin.close()
        await self._parent.wait()

    async def start(self, url: str, migrations: Path) -> None:
        environment = {
            "DATABASE_URL": url,
            "DATABASE_PASSWORD": PASSWORD,
            "MIGRATIONS_DIR": str(migrations),
            "DATABASE_WAIT_SECONDS": "0",
            "SAID": str(self._said),
        }
        assert self._parent.stdin
        assert self._pid is None
        self._parent.stdin.write(json.dumps(environment).encode() + b"\n")
        self._pid = await self._told("began")

    def signal(self, number: int) -> None:
        assert self._pid
        os.kill(self._pid, number)

    async def ended(self) -> tuple[int, str]:
        """The exit code, negative for a signal, and what was said."""
        code = await self._told("ended")
        self._pid = None
        return code, self._said.read_text()

    async def stop(self) -> str:
        """After a case that has failed; what the last one said."""
        if self._pid:
            with suppress(ProcessLookupError):
                self.signal(signal.SIGKILL)
            await self.ended()
        return self._said.read_text()

    async def up(self, url: str, migrations: Path) -> tuple[int, str]:
        await self.start(url, migrations)
        return await self.ended()

    async def says(self, words: str) -> None:
        async def said() -> bool:
            return words in self._said.read_text()

        await wait_for(said, f"the migrator says: {words}")

    async def _told(self, what: str) -> int:
        assert self._parent.stdout
        word, number = (await self._parent.stdout.readline()).decode().split()
        assert word == what, word
        return int(number)


def serve() -> None:
    for module in ("cli", "commands.up", "progress", "retrying", "steps", "stepwise", "transactional"):
        import_module(f"migrator.{module}")
    gc.freeze()
    while line := sys.stdin.buffer.readline():
        environment = json.loads(line)
        said = os.open(environment["SAID"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        pid = os.fork()
        if pid == 0:
            _become_migrator(environment, said)
        os.close(said)
        print("began", pid, flush=True)
        print("ended", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def _become_migrator(environment: dict[str, str], said: int) -> NoReturn:
    from migrator.__main__ import main

    os.dup2(said, sys.stdout.fileno())
    os.dup2(said, sys.stderr.fileno())
    os.environ.update(environment)
    sys.argv = ["migrator", "up"]
    code = 1
    try:
        code = main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except Exception:  # noqa: BLE001
        traceback.print_exc()
    finally:
        # An interpreter that takes itself down takes as long as the run.
        os._exit(code)


if __name__ == "__main__":
    serve()
