from __future__ import annotations

import json
import logging
import sys

from bot.logs import JsonFormatter, TextFormatter

SECRET = "123456789:AAEhBOweik6ad9r"


def record(message: str, *arguments: object, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("bot.test", logging.WARNING, __file__, 1, message, arguments, None)
    made.__dict__.update(fields)
    return made


def test_json_has_the_event_and_its_fields() -> None:
    line = json.loads(JsonFormatter([]).format(record("update failed", update_id=7)))
    assert line["event"] == "update failed"
    assert line["level"] == "warning"
    assert line["update_id"] == 7


def test_secrets_are_taken_out_of_messages_fields_and_tracebacks() -> None:
    made = record("cannot reach %s", f"/bot{SECRET}/getMe", reason=f"token {SECRET}")
    try:
        raise ValueError(SECRET)
    except ValueError:
        made.exc_info = sys.exc_info()
    for formatter in (JsonFormatter([SECRET]), TextFormatter([SECRET])):
        line = formatter.format(made)
        assert SECRET not in line
        assert line.count("[secret]") >= 3


def test_a_secret_that_json_escapes_is_taken_out_too() -> None:
    password = 'it\'s "quoted" \\ back'
    line = JsonFormatter([password]).format(record("refused", reason=f"password {password} is wrong"))
    assert json.loads(line)["reason"] == "password [secret] is wrong"


def test_one_event_is_one_line_of_json() -> None:
    assert "\n" not in JsonFormatter([]).format(record("two\nlines", reason="a\nb"))
