from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}
#: What files and data hold must not steer the terminal.
_CONTROLS = {
    code: 0xFFFD
    for code in (
        *range(0x20),
        *range(0x7F, 0xA0),
        *range(0x200B, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2066, 0x206A),
    )
    if chr(code) not in "\t\n"
}
_CLEAR_LINE = "\r\x1b[2K"


class TextFormatter(logging.Formatter):
    """`migrator: applied file=001_users.sql ms=12`; an error in its own words."""

    def format(self, record: logging.LogRecord) -> str:
        return self._line(record).translate(_CONTROLS)

    def _line(self, record: logging.LogRecord) -> str:
        if error := record.__dict__.get("error"):
            return f"migrator: error: {error}"
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        level = f"{record.levelname.lower()}: " if record.levelno >= logging.WARNING else ""
        return f"migrator: {level}{record.getMessage()}{fields}"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, event and the record's fields."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        event = {"time": time, "level": record.levelname.lower(), "event": record.getMessage(), **_fields(record)}
        return json.dumps(event, default=str, ensure_ascii=False)


class TerminalHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Takes its status line away before anything else is written."""

    shown = False

    def show(self, text: str) -> None:
        if text or self.shown:
            self.stream.write(f"{_CLEAR_LINE}{text}")
            self.stream.flush()
        self.shown = bool(text)

    def emit(self, record: logging.LogRecord) -> None:
        self.show("")
        super().emit(record)


def configure(log_format: Literal["text", "json"]) -> None:
    on_terminal = log_format == "text" and sys.stderr.isatty()
    handler = (TerminalHandler if on_terminal else logging.StreamHandler)(sys.stderr)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)


def has_status_line() -> bool:
    return any(isinstance(handler, TerminalHandler) for handler in logging.root.handlers)


def status(text: str) -> None:
    """Shows it as the last line of the terminal; nothing where there is none."""
    for handler in logging.root.handlers:
        if isinstance(handler, TerminalHandler):
            handler.show(text)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
