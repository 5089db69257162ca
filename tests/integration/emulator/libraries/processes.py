"""A bot made with a library of others, and the emulator that is Telegram for it."""

from __future__ import annotations

import itertools
import json
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from emulator.client import Json, Person
from tests.integration.bot.processes import TOKEN, EmulatorProcess, Process, free_port
from tests.integration.postgres import ROOT
from tests.waiting import wait_for

FOLDER = Path(__file__).parent
SECRET = "known-to-Telegram_alone"

Mode = Literal["polling", "webhook"]


@dataclass(frozen=True)
class Library:
    name: str
    command: tuple[str, ...]
    #: Its exceptions for what Telegram refuses, by HTTP status.
    errors: dict[int, str]
    #: How it answers a delivery that does not know the secret.
    wrong_secret: int


def _python(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"{__package__}.{module}")


AIOGRAM_ERRORS = {
    400: "TelegramBadRequest",
    403: "TelegramForbiddenError",
    429: "TelegramRetryAfter",
    500: "TelegramServerError",
}
PYTHON_TELEGRAM_BOT_ERRORS = {400: "BadRequest", 403: "Forbidden", 429: "RetryAfter", 500: "NetworkError"}

LIBRARIES = (
    Library("aiogram", _python("aiogram_bot"), AIOGRAM_ERRORS, 401),
    Library("python-telegram-bot", _python("python_telegram_bot"), PYTHON_TELEGRAM_BOT_ERRORS, 403),
    Library(
        "grammY", ("node", str(FOLDER / "grammy_bot.mjs")), dict.fromkeys((400, 403, 429, 500), "GrammyError"), 401
    ),
)


class LibraryBot(Process):
    def __init__(self, folder: Path, library: Library, mode: Mode, telegram: EmulatorProcess) -> None:
        self.library = library
        self.emulator = telegram.client
        self.port = free_port()
        super().__init__(
            folder / "bot.log",
            PYTHONPATH=str(ROOT),
            BOT_TOKEN=TOKEN,
            API_URL=telegram.url,
            MODE=mode,
            WEBHOOK_PORT=str(self.port),
            WEBHOOK_SECRET=SECRET,
        )
        self._command = list(library.command)
        self._mode = mode
        self._people = itertools.count(1001)

    def start(self) -> None:
        """Returns when it receives."""
        wait_for(self._may_set_webhook, "Telegram takes setWebhook again, as it does once in a second")
        calls = self.emulator.calls()
        latest = calls[-1]["number"] if calls else 0
        super().start()
        wait_for(lambda: self._receives(latest), "the bot receives")

    def somebody(self, first_name: str = "Ada", **names: str) -> Person:
        return self.emulator.person(next(self._people), first_name, **names)

    def noted(self) -> list[Json]:
        """What the program has written for the test to read."""
        return [json.loads(line) for line in self.said.splitlines() if line.startswith("{")]

    def ask_telegram(self, method: str, **parameters: str) -> Any:
        """The Bot API's result, as another program with the token gets it."""
        data = json.dumps(parameters).encode()
        request = urllib.request.Request(
            f"{self.emulator.url}/bot{TOKEN}/{method}", data, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)["result"]

    def download(self, file_id: str) -> bytes:
        path = self.ask_telegram("getFile", file_id=file_id)["file_path"]
        with urllib.request.urlopen(f"{self.emulator.url}/file/bot{TOKEN}/{path}", timeout=60) as response:
            return bytes(response.read())

    def _may_set_webhook(self) -> bool:
        return all(time.time() - call["at"] > 1 for call in self.emulator.calls("setWebhook"))

    def _receives(self, latest: int) -> bool:
        assert self.running, self.said
        if self._mode == "polling":
            return bool(self.emulator.calls("getUpdates", after=latest))
        accepted = [call for call in self.emulator.calls("setWebhook", after=latest) if call["status"] == 200]
        return bool(accepted) and self._listens()

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@dataclass(frozen=True)
class Case:
    library: Library
    mode: Mode

    def __str__(self) -> str:
        return f"{self.library.name} by {self.mode}"

    @contextmanager
    def stopped_bot(self, folder: Path) -> Iterator[LibraryBot]:
        """The emulator runs, the bot does not yet."""
        with EmulatorProcess(folder) as telegram:
            telegram.start()
            with LibraryBot(folder, self.library, self.mode, telegram) as bot:
                yield bot
            assert "Traceback" not in telegram.said

    @contextmanager
    def running_bot(self, folder: Path) -> Iterator[LibraryBot]:
        with self.stopped_bot(folder) as bot:
            bot.start()
            yield bot


BY_POLLING = [Case(library, "polling") for library in LIBRARIES]
BY_WEBHOOK = [Case(library, "webhook") for library in LIBRARIES]
EVERY_CASE = BY_POLLING + BY_WEBHOOK
