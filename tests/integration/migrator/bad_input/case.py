"""What the corpus of bad inputs is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto


class Odd(Enum):
    """What may lie in the place of a file."""

    DIRECTORY = auto()
    LINK_TO_NOWHERE = auto()
    LINK_TO_ITSELF = auto()


Files = dict[str, str | bytes | Odd]

BAD_NAME = (
    "bad name. Call it NNN_what_it_does.sql, for example 007_orders.sql: "
    "up to 18 digits, then letters from a to z, digits, _ or -."
)
ROLLED_BACK = "It was rolled back, and nothing recorded; earlier files stay applied. Mend it and run again."


@dataclass(frozen=True)
class History:
    """What happened to the database before; cases with the same one share a database."""

    #: Given to “up” together; without any, it is not run.
    files: Files = field(default_factory=dict)
    #: How that run ended.
    code: int = 0
    #: What a superuser did afterwards.
    sql: str = ""


#: Nothing is applied, and the record is there.
EMPTY_RECORD = History({"001_a.sql": ""}, sql="DELETE FROM public.schema_migrations")


@dataclass(frozen=True)
class Case:
    #: What is bad about it.
    title: str
    #: All that lies in the directory of migrations.
    files: Files
    code: int
    #: Lines on standard error. <directory> stands for its path, <ms> for a time, <database> for a random name.
    said: list[str]
    #: Lines on standard output.
    printed: list[str] = field(default_factory=list)
    history: History = EMPTY_RECORD
    arguments: tuple[str, ...] = ("up",)
    settings: dict[str, str] = field(default_factory=dict)
