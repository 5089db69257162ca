from __future__ import annotations

import io
import json
import logging

import pytest

from migrator.logs import JsonFormatter, TerminalHandler, TextFormatter


def record(message: str, level: int = logging.INFO, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("migrator.test", level, __file__, 1, message, (), None)
    made.__dict__.update(fields)
    return made


def test_an_event_is_one_line_with_its_fields() -> None:
    line = TextFormatter().format(record("applied", file="001_a.sql", ms=12))
    assert line == "migrator: applied file=001_a.sql ms=12"


def test_a_warning_says_that_it_is_one() -> None:
    assert TextFormatter().format(record("left out", logging.WARNING)) == "migrator: warning: left out"


def test_an_error_is_told_in_its_own_words_alone() -> None:
    made = record("failed", logging.ERROR, error="001_a.sql:1:1: no\n    SELEC\n    ^", exit_code=1)
    assert TextFormatter().format(made) == "migrator: error: 001_a.sql:1:1: no\n    SELEC\n    ^"


@pytest.mark.parametrize("character", [*map(chr, range(0x20)), "\x7f", "\x85", "\x9b"])
def test_no_character_steers_the_terminal(character: str) -> None:
    line = TextFormatter().format(record("notice", text=f"a{character}b"))
    kept = character in "\t\n"
    assert line == f"migrator: notice text=a{character if kept else chr(0xFFFD)}b"


def test_json_is_one_object_a_line() -> None:
    line = JsonFormatter().format(record("failed", logging.ERROR, error="two\nlines\x1b é", exit_code=3, when=object))
    assert "\n" not in line
    assert "\x1b" not in line
    event = json.loads(line)
    assert event.pop("time").endswith("+00:00")
    expected = {"level": "error", "event": "failed", "error": "two\nlines\x1b é", "exit_code": 3, "when": str(object)}
    assert event == expected


def test_the_status_line_is_taken_away_before_anything_else_is_written() -> None:
    stream = io.StringIO()
    handler = TerminalHandler(stream)
    handler.show("1/2 001_a.sql")
    handler.emit(record("applied"))
    handler.emit(record("done"))
    assert stream.getvalue() == "\r\x1b[2K1/2 001_a.sql\r\x1b[2Kapplied\ndone\n"
