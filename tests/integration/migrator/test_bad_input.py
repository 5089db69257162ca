"""Bad files, histories, arguments and settings: what exactly is said, and that the database stays as it was."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.hostile import PASSWORD, PASSWORD_MARK
from tests.integration.conftest import PRISTINE, TestDatabase
from tests.integration.migrations import Migrator
from tests.integration.migrator.bad_input import arguments, directives, failures, histories, names, refused, syntax
from tests.integration.migrator.bad_input.case import Case, Files, History, Odd
from tests.integration.postgres import ROOT, Server

CASES = [
    case for module in (names, syntax, refused, directives, failures, histories, arguments) for case in module.CASES
]
#: Not even the record is made.
ON_A_NEW_DATABASE = [
    replace(module.CASES[0], title=f"{module.CASES[0].title}, on a new database", history=History())
    for module in (names, syntax, refused, directives)
]
WORKERS = 4


@dataclass(frozen=True)
class Outcome:
    code: int
    said: list[str]
    printed: list[str]
    before: str
    after: str


class Shell:
    """One in the server's container for all its commands: to begin one takes longer than what most of them do."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, program: str, *arguments: str) -> str:
        """What it has printed."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{shlex.join([program, *arguments])} 2>&1; echo; echo end $?\n")
        self._process.stdin.flush()
        lines = list[str]()
        while not (line := self._process.stdout.readline()).startswith("end "):
            assert line, "the shell has ended"
            lines.append(line)
        printed = "".join(lines)
        assert line == "end 0\n", f"{program}: {printed}"
        return printed


@contextmanager
def shell(server: Server) -> Iterator[Shell]:
    command = ["docker", "exec", "--interactive", "--user", "postgres", server.container, "sh"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as process:
        yield Shell(process)


class Worker:
    """Runs cases one after the other; those with the same history share a database, as no case may change it."""

    def __init__(self, server: Server, shell: Shell, directory: Path) -> None:
        self._server = server
        self._shell = shell
        self._directory = directory
        self._prepared: list[tuple[History, TestDatabase, str]] = []

    def run(self, cases: Sequence[Case]) -> list[Outcome]:
        return [self._run(case) for case in cases]

    def _run(self, case: Case) -> Outcome:
        prepared = self._find(case.history) or self._prepare(case.history)
        _, database, before = prepared
        migrator = Migrator(database.url("migrator"), self._directory / uuid.uuid4().hex)
        write(migrator.directory, case.files)
        code, said, printed = run(migrator, *case.arguments, **case.settings)
        after = self._dump(database)
        if after != before:  # one case that fails shall not let others fail
            self._prepared.remove(prepared)
        return Outcome(code, said, printed, before, after)

    def _find(self, history: History) -> tuple[History, TestDatabase, str] | None:
        return next((prepared for prepared in self._prepared if prepared[0] == history), None)

    def _prepare(self, history: History) -> tuple[History, TestDatabase, str]:
        database = TestDatabase(self._server, f"test_{uuid.uuid4().hex}")
        self._shell.run("createdb", "--template", PRISTINE, "--strategy", "file_copy", database.name)
        if history.files:
            directory = self._directory / database.name
            write(directory, history.files)
            code, said = Migrator(database.url("migrator"), directory).up()
            assert code == history.code, said
        if history.sql:
            self._shell.run("psql", "-X", "-v", "ON_ERROR_STOP=1", "-c", history.sql, database.name)
        self._prepared.append((history, database, self._dump(database)))
        return self._prepared[-1]

    def _dump(self, database: TestDatabase) -> str:
        """Schema and rows, without pg_dump's random tokens."""
        return re.sub(r"^\\(un)?restrict \w+$", "", self._shell.run("pg_dump", database.name), flags=re.MULTILINE)


@pytest.fixture(scope="module")
def outcomes(
    request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Outcome]:
    """By title. Several at a time: one after the other, they would take minutes."""
    cases = [case for case in [*CASES, *ON_A_NEW_DATABASE] if case.title in _asked_for(request)]
    size = -(-len(cases) // WORKERS)
    parts = [cases[start : start + size] for start in range(0, len(cases), size)]
    with ExitStack() as shells, ThreadPoolExecutor(WORKERS) as pool:
        workers = [
            Worker(server, shells.enter_context(shell(server)), tmp_path_factory.mktemp("worker")) for _ in parts
        ]
        found = [outcome for part in pool.map(Worker.run, workers, parts) for outcome in part]
    return {case.title: outcome for case, outcome in zip(cases, found, strict=True)}


def _asked_for(request: pytest.FixtureRequest) -> set[str]:
    tests = [item for item in request.session.items if isinstance(item, pytest.Function) and hasattr(item, "callspec")]
    cases = [test.callspec.params.get("case") for test in tests]
    return {case.title for case in cases if isinstance(case, Case)}


@pytest.mark.parametrize("case", [*CASES, *ON_A_NEW_DATABASE], ids=lambda case: case.title)
def test_bad_input_is_explained_and_changes_nothing(case: Case, outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes[case.title]
    assert "\n".join(outcome.said) == "\n".join(case.said)
    assert outcome.printed == case.printed
    assert outcome.code == case.code
    assert outcome.after == outcome.before


def test_the_corpus_is_large_and_no_title_is_given_twice() -> None:
    assert len(CASES) > 200
    assert len({case.title for case in [*CASES, *ON_A_NEW_DATABASE]}) == len(CASES) + len(ON_A_NEW_DATABASE)


def test_no_case_expects_a_password_or_a_traceback() -> None:
    text = "\n".join(line for case in CASES for line in [*case.said, *case.printed])
    assert PASSWORD_MARK not in text
    assert "Traceback" not in text


def run(migrator: Migrator, *arguments: str, **settings: str) -> tuple[int, list[str], list[str]]:
    """The exit code, and the lines on standard error and standard output, without what changes from run to run."""
    known = {"<directory>": str(migrator.directory), "<url>": migrator.url}
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "services/migrator/src"),
        "DATABASE_URL": migrator.url,
        "DATABASE_PASSWORD": PASSWORD,
        "MIGRATIONS_DIR": str(migrator.directory),
        **{name: replaced(value, known) for name, value in settings.items()},
    }
    done = subprocess.run(
        [sys.executable, "-m", "migrator", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return done.returncode, lines(done.stderr, migrator), lines(done.stdout, migrator)


def lines(text: str, migrator: Migrator) -> list[str]:
    text = replaced(text, {str(migrator.directory): "<directory>", migrator.url.rpartition("/")[2]: "<database>"})
    text = re.sub(r"\bms=\d+", "ms=<ms>", text)
    # Python's own words changed in 3.12.
    text = re.sub(r"\(choose from .*\)", lambda match: match[0].replace("'", ""), text)
    text = re.sub(r"\b\d{4}-\d\d-\d\d(T[\d:.+]+)?", "<date>", text)
    return text.removesuffix("\n").split("\n") if text else []


def replaced(text: str, known: dict[str, str]) -> str:
    for old, new in known.items():
        text = text.replace(old, new)
    return text


def write(directory: Path, files: Files) -> None:
    directory.mkdir(parents=True)
    for name, content in files.items():
        path = directory / name
        match content:
            case str():
                path.write_bytes(content.encode())
            case bytes():
                path.write_bytes(content)
            case Odd.DIRECTORY:
                path.mkdir()
            case Odd.LINK_TO_NOWHERE:
                path.symlink_to("nowhere")
            case Odd.LINK_TO_ITSELF:
                path.symlink_to(name)
