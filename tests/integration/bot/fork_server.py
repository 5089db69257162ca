"""Bots that start at once: forked from a process that has imported everything, which takes seconds.

Each line on standard input asks for something, each line on standard output answers:
{"start": {the environment}, "program": one of PROGRAMS, "log": a path} with the number of a process;
{"code_of": that} with its exit code or null.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import bot.__main__
import bot.app
from tests.integration.bot import exercise_bot

CANNOT_RUN = 70  # exit code

PROGRAMS: dict[str, Callable[[], int]] = {"bot": bot.__main__.main, "exercise_bot": exercise_bot.main}


def serve() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        answer = _code_of(asked["code_of"]) if "code_of" in asked else _fork(**asked)
        print(json.dumps(answer), flush=True)


def _fork(start: dict[str, str], program: str, log: str) -> int:
    process = os.fork()
    if process == 0:
        _become_bot(start, program, log)
    return process


def _become_bot(environment: dict[str, str], program: str, log: str) -> None:
    """Never returns."""
    code: Any = CANNOT_RUN
    try:
        os.environ.clear()
        os.environ.update(environment)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(said, 1)
        os.dup2(said, 2)
        sys.argv = [program, "run"]
        code = PROGRAMS[program]()
    except BaseException:  # noqa: BLE001 - what is left of the fork server must not go on from here
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _code_of(process: int) -> int | None:
    """As subprocess tells it: negative for a signal; None while it runs."""
    found, status = os.waitpid(process, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


if __name__ == "__main__":
    serve()
