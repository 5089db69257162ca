"""`-- migrate: …` comments at the head of a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

KNOWN = "no-transaction, lock-timeout 30s, statement-timeout 10min"

_DIRECTIVE = re.compile(r"--\s*migrate:\s*(?P<name>[^\s=:]*)[\s=:]*(?P<value>.*?)\s*", re.IGNORECASE)
_DURATION = re.compile(r"(?P<number>[0-9]{1,9}) ?(?P<unit>ms|s|min|h)|0")
_MILLISECONDS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}
_LONGEST = 2**31 - 1  # milliseconds; PostgreSQL takes no more
#: Where other tools begin the part that undoes a migration.
_DOWN = re.compile(r"--\s*(migrate:\s*|\+(goose|migrate)\s+)down\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Directives:
    transaction: bool = True
    #: As PostgreSQL reads them; None leaves the default.
    lock_timeout: str | None = None
    statement_timeout: str | None = None


class BadDirective(ValueError):
    """The message says what is wrong with it."""


def is_directive(comment: str) -> bool:
    return _DIRECTIVE.fullmatch(comment) is not None or _DOWN.fullmatch(comment) is not None


def add(directives: Directives, comment: str) -> Directives:
    """The directives with this one. Raises BadDirective."""
    match = _DIRECTIVE.fullmatch(comment)
    if match is None or _DOWN.fullmatch(comment):
        raise BadDirective("a part that undoes the migration would be run with the rest: remove it")
    name, value = match["name"].lower(), match["value"]
    match name:
        case "":
            raise BadDirective(f"a directive without a name; known are {KNOWN}")
        case "up" if not value:  # dbmate's heading
            return directives
        case "no-transaction" if value:
            raise BadDirective("no-transaction takes no value")
        case "no-transaction":
            return replace(directives, transaction=False)
        case "lock-timeout":
            return replace(directives, lock_timeout=_duration(name, value, directives.lock_timeout))
        case "statement-timeout":
            return replace(directives, statement_timeout=_duration(name, value, directives.statement_timeout))
    raise BadDirective(f"unknown directive “{name}”; known are {KNOWN}")


def _duration(name: str, value: str, already: str | None) -> str:
    match = _DURATION.fullmatch(value)
    if match is None:
        raise BadDirective(f"{name} takes a duration in ms, s, min or h, for instance 30s; 0 stands for none")
    if match["unit"] and int(match["number"]) * _MILLISECONDS[match["unit"]] > _LONGEST:
        raise BadDirective(f"{name} is longer than PostgreSQL can count, about 24 days")
    if already:
        raise BadDirective(f"{name} is given twice")
    return value
