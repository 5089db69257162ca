from __future__ import annotations

import json
import logging
import sys
import warnings
from datetime import UTC, datetime

from bot.config import Config

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}


class _Formatter(logging.Formatter):
    """Takes the secrets out of whatever is logged, tracebacks included."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__()
        escaped = [json.dumps(secret, ensure_ascii=False)[1:-1] for secret in secrets]
        self._secrets = [secret for secret in {*secrets, *escaped} if secret]

    def format(self, record: logging.LogRecord) -> str:
        line = self._line(record)
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        return line

    def _line(self, record: logging.LogRecord) -> str:
        raise NotImplementedError

    def _trace(self, record: logging.LogRecord) -> str:
        return self.formatException(record.exc_info) if record.exc_info else ""


class JsonFormatter(_Formatter):
    """One JSON object a line: time, level, event, logger, the record's fields and its traceback."""

    def _line(self, record: logging.LogRecord) -> str:
        event: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            **_fields(record),
        }
        if trace := self._trace(record):
            event["traceback"] = trace
        return json.dumps(event, default=str, ensure_ascii=False)


class TextFormatter(_Formatter):
    """`12:00:00 info  event field=value`"""

    def _line(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        trace = self._trace(record)
        return f"{time} {record.levelname.lower():7} {record.getMessage()}{fields}" + (f"\n{trace}" if trace else "")


def configure(config: Config) -> None:
    secrets = [config.bot_token, config.database_password, config.database_url]
    values = [secret.get_secret_value() for secret in secrets if secret]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(values) if config.log_format == "json" else TextFormatter(values))
    # One line an update is for debugging; updates/failing.py tells what went wrong.
    logging.getLogger("aiogram.event").setLevel(logging.DEBUG if config.log_level == "debug" else logging.WARNING)
    logging.basicConfig(level=config.log_level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    # It quotes the whole update, and what people write is not for the log.
    warnings.filterwarnings("ignore", message="Detected unknown update type")


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
