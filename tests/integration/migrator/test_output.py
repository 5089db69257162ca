"""What the migrator says, to a person, to a machine, and on a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from asyncpg import Connection, Record

from tests.hostile import PASSWORD_MARK
from tests.integration.conftest import TestDatabase
from tests.integration.migrations import TIMEOUT, Migrator, fetch, waiting_migrator
from tests.waiting import wait_for

GATE = "SELECT pg_advisory_lock_shared(1)"
CLEAR_LINE = "\r\x1b[2K"


class Terminal:
    """A terminal in which the migrator runs, and what has appeared on it."""

    def __init__(self, screen: int, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._screen = screen
        self._seen = b""

    @property
    def seen(self) -> str:
        self.look()
        return self._seen.decode(errors="replace").replace("\r\n", "\n")

    def look(self) -> None:
        """A writer has to wait while nobody looks."""
        while select.select([self._screen], [], [], 0)[0] and (part := self._read()):
            self._seen += part

    def _read(self) -> bytes:
        try:
            return os.read(self._screen, 65536)
        except OSError:  # nobody has it open any more
            return b""

    def wait_until_seen(self, pattern: str) -> None:
        wait_for(lambda: re.search(pattern, self.seen), f"on the terminal: {pattern}", timeout=30)

    def _has_ended(self) -> bool:
        self.look()
        return self.process.poll() is not None

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def end(self) -> tuple[int, str]:
        wait_for(self._has_ended, "the migrator ends", timeout=30)
        assert PASSWORD_MARK not in self.seen
        return self.process.returncode, self.seen


@contextmanager
def terminal(migrator: Migrator, *arguments: str, **settings: str) -> Iterator[Terminal]:
    screen, inside = pty.openpty()
    process = subprocess.Popen(
        migrator.command(*arguments),
        env=migrator.environment(**settings),
        preexec_fn=lambda: os.login_tty(inside),
    )
    os.close(inside)
    try:
        yield Terminal(screen, process)
    finally:
        process.kill()
        process.wait()
        os.close(screen)


@pytest.fixture
async def gate(empty_database: TestDatabase) -> AsyncIterator[Connection[Record]]:
    """Holds up whoever comes to GATE."""
    connection = await empty_database.connect("postgres")
    await connection.execute("SELECT pg_advisory_lock(1)")
    yield connection
    await connection.close()


def events(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


def without_times(said: str) -> list[str]:
    return [re.sub(r" ms=\d+", "", line) for line in said.splitlines()]


def test_each_file_is_told_with_its_place_in_the_run(migrator: Migrator) -> None:
    for number in range(1, 4):
        migrator.write(f"{number:03}_t.sql", f"CREATE TABLE t{number} (id int);")
    code, said = migrator.up()
    assert code == 0
    assert re.search(r"applied file=001_t\.sql ms=\d+ done=1/3\n", said), said
    assert without_times(said) == [
        "migrator: applied file=001_t.sql done=1/3",
        "migrator: applied file=002_t.sql done=2/3",
        "migrator: applied file=003_t.sql done=3/3",
        "migrator: schema is up to date version=3 applied=3",
    ]
    assert migrator.up()[1] == "migrator: schema is up to date version=3 applied=0\n"


def test_what_the_database_tells_is_passed_on(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "DO $$ BEGIN RAISE NOTICE 'rows: %', 3; RAISE WARNING 'beware'; END $$;")
    migrator.write("002_b.sql", "CREATE TABLE IF NOT EXISTS public.schema_migrations ();")
    said = migrator.up()[1]
    assert without_times(said)[:4] == [
        "migrator: notice text=rows: 3",
        "migrator: warning text=beware",
        "migrator: applied file=001_a.sql done=1/2",
        'migrator: notice text=relation "schema_migrations" already exists, skipping',
    ]


def test_a_notice_is_told_once_though_its_file_fails(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "DO $$ BEGIN RAISE NOTICE 'once'; END $$; SELECT 1/0;")
    assert migrator.up()[1].count("text=once") == 1


def test_nothing_from_a_file_steers_the_terminal(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "DO $$ BEGIN RAISE NOTICE E'\\x1b[2Jgone'; END $$;\nSELECT '\x1b[2J', 1/0;")
    code, said = migrator.up()
    assert code == 1
    assert "\x1b" not in said
    assert "division by zero" in said


@pytest.mark.parametrize(
    ("arguments", "settings"), [(("--log-format", "json", "up"), {"LOG_FORMAT": "text"}), ((), {"LOG_FORMAT": "json"})]
)
def test_json_logs_are_one_object_a_line(
    migrator: Migrator, arguments: tuple[str, ...], settings: dict[str, str]
) -> None:
    migrator.write("001_a.sql", "CREATE TABLE a (id int);")
    migrator.write("002_b.sql", "DO $$ BEGIN RAISE NOTICE E'two\\nlines'; END $$;")
    ended = migrator.run(*arguments, **settings)
    assert ended.code == 0
    told = events(ended.said)
    assert [event["event"] for event in told] == ["applied", "notice", "applied", "schema is up to date"]
    assert [event["level"] for event in told] == ["info"] * 4
    assert told[0]["file"] == "001_a.sql"
    assert told[0]["done"] == "1/2"
    assert isinstance(told[0]["ms"], int)
    assert told[1]["text"] == "two\nlines"
    assert (told[-1]["version"], told[-1]["applied"]) == (2, 2)


@pytest.mark.parametrize(
    ("sql", "settings", "code", "words"),
    [
        ("SELECT 1/0;", {}, 1, "001_a.sql:1:1: division by zero"),
        ("SELECT 1;", {"LOCK_WAIT_SECONDS": "soon"}, 2, "LOCK_WAIT_SECONDS: must be a number"),
        ("SELECT 1;", {"MIGRATIONS_DIR": "/nowhere"}, 3, "/nowhere: No such file or directory"),
        ("SELECT 1;", {"DATABASE_URL": "postgresql://m@127.0.0.1:1/x", "DATABASE_WAIT_SECONDS": "0"}, 4, "No database"),
    ],
)
def test_a_failure_tells_its_exit_code_and_reason_to_a_machine(
    migrator: Migrator, sql: str, settings: dict[str, str], code: int, words: str
) -> None:
    migrator.write("001_a.sql", sql)
    ended = migrator.run("--log-format", "json", "up", **settings)
    assert ended.code == code
    failure = events(ended.said)[-1]
    assert (failure["event"], failure["level"], failure["exit_code"]) == ("failed", "error", code)
    assert words in failure["error"]


def test_a_wrong_setting_of_the_format_itself_is_told(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "SELECT 1;")
    code, said = migrator.up(LOG_FORMAT="xml")
    assert (code, said) == (2, "migrator: error: LOG_FORMAT: is neither of the two. Choose text or json.\n")


async def test_a_terminal_shows_what_runs_and_then_takes_it_away(migrator: Migrator, gate: Connection[Record]) -> None:
    migrator.write("001_first.sql", "SELECT 1;")
    assert migrator.up()[0] == 0
    migrator.write("002_slow.sql", f"SELECT 1;\n{GATE};\nSELECT 3;")
    migrator.write("003_last.sql", "SELECT 1;")
    with terminal(migrator) as window:
        window.wait_until_seen(r"1/2 002_slow\.sql: statement 2 of 3, [0-9]+ s")
        await gate.execute("SELECT pg_advisory_unlock(1)")
        code, seen = window.end()
    assert code == 0, seen
    assert re.search(r" of 3, [0-9]+ s\r\x1b\[2K", seen), repr(seen)
    left = [line.rpartition(CLEAR_LINE)[2] for line in seen.removesuffix("\n").split("\n")]
    assert [re.sub(r" ms=\d+", "", line) for line in left] == [
        "migrator: applied file=002_slow.sql done=1/2",
        "migrator: applied file=003_last.sql done=2/2",
        "migrator: schema is up to date version=3 applied=2",
    ]


async def test_a_terminal_shows_the_first_file_of_a_new_database_as_well(
    migrator: Migrator, gate: Connection[Record]
) -> None:
    migrator.write("001_slow.sql", f"{GATE};")
    with terminal(migrator) as window:
        window.wait_until_seen(r"1/1 001_slow\.sql: ")
        await gate.execute("SELECT pg_advisory_unlock(1)")
        code, seen = window.end()
    assert code == 0, seen
    assert "statement 0 " not in seen


async def test_json_on_a_terminal_stays_json(migrator: Migrator) -> None:
    migrator.write("001_slow.sql", "SELECT pg_sleep(1.2);")
    with terminal(migrator, "--log-format", "json", "up") as window:
        code, seen = window.end()
    assert code == 0
    assert [event["event"] for event in events(seen)] == ["applied", "schema is up to date"]


async def test_ctrl_c_rolls_back_and_ends_with_code_130(migrator: Migrator, gate: Connection[Record]) -> None:
    migrator.write("001_a.sql", f"CREATE TABLE a (id int);\n{GATE};")
    with terminal(migrator) as window:
        await waiting_migrator(gate, GATE)
        window.type("\x03")
        code, seen = window.end()
    assert code == 130
    assert "stopped; the file in progress was rolled back file=001_a.sql" in seen
    assert "stopped by SIGINT" in seen


def test_a_signal_while_the_database_is_waited_for_ends_the_run(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "SELECT 1;")
    for number in (signal.SIGTERM, signal.SIGINT):
        with migrator.running(DATABASE_URL="postgresql://migrator@127.0.0.1:1/orderly") as run:
            run.wait_until_said("waiting for the database")
            code, said = run.end(number)
        assert code == 128 + number
        assert "Traceback" not in said


def test_a_reader_who_has_had_enough_gets_no_traceback(migrator: Migrator) -> None:
    migrator.write("001_a.sql", "SELECT 1;")
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(
        migrator.command("status"), env=migrator.environment(), stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    assert process.communicate(timeout=TIMEOUT)[1] == ""
    assert process.returncode == 128 + signal.SIGPIPE


@pytest.mark.parametrize(
    ("typed", "code", "accepted"),
    [("y\n", 0, True), ("n\n", 2, False), ("\n", 2, False), ("\x04", 2, False), ("\x03", 130, False)],
    ids=["yes", "no", "nothing", "end-of-input", "ctrl-c"],
)
async def test_repair_asks_on_a_terminal(
    migrator: Migrator, empty_database: TestDatabase, typed: str, code: int, accepted: bool
) -> None:
    migrator.write("001_a.sql", "SELECT 1;")
    assert migrator.up()[0] == 0
    before = await fetch(empty_database, "SELECT checksum FROM schema_migrations")
    migrator.write("001_a.sql", "SELECT 2;")
    with terminal(migrator, "repair", "001_a.sql") as window:
        window.wait_until_seen(r"Do it\? \[y/N\] ")
        window.type(typed)
        ended, seen = window.end()
    assert ended == code, seen
    assert "Traceback" not in seen
    assert (await fetch(empty_database, "SELECT checksum FROM schema_migrations") != before) == accepted
