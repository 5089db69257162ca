"""Each of the bots as processes, with an emulator and a database of their own."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bots.databases import Databases
from emulator.client import Emulator
from tests.hostile import PASSWORD
from tests.integration.bot.processes import TOKEN, BotProcess, EmulatorProcess, Process
from tests.integration.postgres import ROOT
from tests.waiting import wait_for


class Quiet(Process):
    """Does not show its log at the end: a tutorial's bot has written a line for every update."""

    def __exit__(self, *_: object) -> None:
        if self.running:
            self.end(signal.SIGKILL)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid


class QuietEmulator(EmulatorProcess, Quiet):
    pass


class Watched(Quiet):
    def wait_until_ready(self) -> None:
        """As far as it can tell by itself."""


class Compared(Watched):
    """One of the programs beside this file."""

    def __init__(self, folder: Path, program: str, database_url: str, api_url: str) -> None:
        environment = {
            "PYTHONPATH": str(ROOT),
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": api_url,
            "DATABASE_URL": database_url,
            "DATABASE_PASSWORD": PASSWORD,
        }
        super().__init__(folder / "bot.log", f"benchmarks.bots.{program}", **environment)


class Ours(BotProcess, Watched):
    pass


@dataclass(frozen=True)
class Contender:
    name: str
    #: From a folder of its own, the database's address and the Bot API's to the process, not started yet.
    process: Callable[[Path, str, str], Watched]
    replicas: int = 1


TUTORIAL = Contender("tutorial", lambda folder, database, api: Compared(folder, "tutorial", database, api))
TEMPLATE = Contender("template", lambda folder, database, api: Compared(folder, "template", database, api))
ONE = Contender("ours, 1 replica", Ours)
TWO = Contender("ours, 2 replicas", Ours, replicas=2)


@dataclass(frozen=True)
class Stage:
    """Running bots, and the Telegram that they see."""

    emulator: QuietEmulator
    #: The first was there first, and so it leads.
    bots: list[Watched]

    @property
    def telegram(self) -> Emulator:
        return self.emulator.client

    def await_polling(self) -> None:
        wait_for(lambda: self.telegram.status()["poll_is_waiting"], "somebody polls")


class Theatre:
    """Sets a stage for every run, so that none inherits anything from the one before."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        self.databases = databases
        self._folder = folder
        self._numbers = itertools.count(1)

    @contextmanager
    def stage(self, contender: Contender, latency: float = 0) -> Iterator[Stage]:
        """The bots receive, and `latency` is the seconds that Telegram takes to answer a sendMessage."""
        with ExitStack() as stack:
            database = stack.enter_context(self.databases.another())
            emulator = stack.enter_context(QuietEmulator(self._another_folder()))
            emulator.start()
            if latency:
                emulator.client.fault(kind="delay", method="sendMessage", seconds=latency, times=None)
            stage = Stage(emulator, [])
            for _ in range(contender.replicas):
                bot = contender.process(self._another_folder(), database, emulator.url)
                stage.bots.append(stack.enter_context(bot))
                bot.start()
                bot.wait_until_ready()
                stage.await_polling()
            yield stage

    def _another_folder(self) -> Path:
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        return folder
