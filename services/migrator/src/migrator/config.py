"""Settings from the environment and from secret files.

Read by hand: importing a library that does it would take longer than all the rest of a run with nothing to do.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from migrator.errors import ConfigError

SECRETS_DIR = Path("/run/secrets")
MIGRATIONS_DIR = "/migrations"
MIGRATIONS_TABLE = "public.schema_migrations"
LONGEST = 2_000_000  # seconds; PostgreSQL counts its timeouts in milliseconds, in 31 bits

URL_ADVICE = "Give the database as postgresql://ROLE@HOST:5432/NAME."
QUOTING_ADVICE = "In a name or a password, write @ : / ? # % as %40 and so on."

LogFormat = Literal["text", "json"]

_TABLE = re.compile(r"(?:(?P<schema>[a-z_][a-z0-9_]{0,62})\.)?(?P<name>[a-z_][a-z0-9_]{0,62})")


@dataclass(frozen=True, slots=True)
class Table:
    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Config:
    database_url: str = field(repr=False)
    database_password: str | None = field(repr=False)
    migrations_dir: Path
    migrations_table: Table
    database_wait_seconds: float
    lock_wait_seconds: float
    lock_timeout_seconds: float
    lock_retry_seconds: float


def load() -> Config:
    """Raises ConfigError with one line for each wrong setting; no line repeats a value."""
    settings = _Settings()
    config = Config(
        database_url=settings.postgres_url("DATABASE_URL"),
        database_password=settings.value("DATABASE_PASSWORD"),
        migrations_dir=migrations_dir(),
        migrations_table=settings.table("MIGRATIONS_TABLE", MIGRATIONS_TABLE),
        database_wait_seconds=settings.seconds("DATABASE_WAIT_SECONDS", 60, "to wait until the database answers"),
        lock_wait_seconds=settings.seconds("LOCK_WAIT_SECONDS", 60, "to wait for another migrator"),
        lock_timeout_seconds=settings.seconds("LOCK_TIMEOUT_SECONDS", 5, "that a statement waits for a table in use"),
        lock_retry_seconds=settings.seconds("LOCK_RETRY_SECONDS", 120, "to go on trying for a table in use"),
    )
    if settings.faults:
        raise ConfigError("\n".join(settings.faults))
    return config


def migrations_dir() -> Path:
    return Path(os.environ.get("MIGRATIONS_DIR") or MIGRATIONS_DIR)


def log_format() -> LogFormat:
    """Raises ConfigError."""
    chosen = os.environ.get("LOG_FORMAT") or "text"
    if chosen not in ("text", "json"):
        raise ConfigError("LOG_FORMAT: is neither of the two. Choose text or json.")
    return cast(LogFormat, chosen)


class _Settings:
    def __init__(self) -> None:
        self.faults: list[str] = []
        self._secrets = Path(os.environ.get("SECRETS_DIR") or SECRETS_DIR)
        if self._secrets.exists() and not self._secrets.is_dir():
            self.faults.append(f"SECRETS_DIR: {self._secrets} is not a directory. Give the one with the secret files.")

    def value(self, name: str) -> str | None:
        """The environment's, else the secret file's; an empty one counts as none."""
        if value := os.environ.get(name):
            return value
        path = self._secrets / name.lower()
        try:
            return path.read_text("utf-8").strip() or None
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
            self.faults.append(
                f"{name}: the secret file {path} cannot be read: {reason}. Make it a text that everybody may read."
            )
            return None

    def postgres_url(self, name: str) -> str:
        found = len(self.faults)
        url = self.value(name) or ""
        problem = None
        if not url:
            problem = f"is missing. {URL_ADVICE}"
        elif not url.startswith(("postgresql://", "postgres://")):
            problem = f"must start with postgresql://. {URL_ADVICE}"
        elif "@" in url.partition("?")[0].partition("//")[2].partition("/")[2]:
            problem = f"holds an @ behind the host. {QUOTING_ADVICE}"
        if problem and len(self.faults) == found:
            self.faults.append(f"{name}: {problem}")
        return url

    def table(self, name: str, default: str) -> Table:
        match = _TABLE.fullmatch(self.value(name) or default)
        if match is None:
            self.faults.append(
                f"{name}: is not the name of a table. Give it as table or schema.table, "
                "in lower case letters, digits and underscores."
            )
            return Table("", "")
        return Table(match["schema"] or "public", match["name"])

    def seconds(self, name: str, default: float, meaning: str) -> float:
        text = self.value(name)
        try:
            seconds = float(text) if text else default
        except ValueError:
            seconds = -1
        if not 0 <= seconds <= LONGEST:
            self.faults.append(f"{name}: must be a number from 0 to {LONGEST}. Give the seconds {meaning}.")
        return seconds
