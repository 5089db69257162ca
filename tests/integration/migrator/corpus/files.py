"""What the corpus is made of: files, each a name and a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NO_TRANSACTION = "-- migrate: no-transaction\n"


@dataclass(frozen=True)
class File:
    #: Of a whole corpus: without its number.
    name: str
    text: str

    @property
    def in_transaction(self) -> bool:
        return not self.text.startswith(NO_TRANSACTION)


def numbered(files: Iterable[File]) -> list[File]:
    """As they lie in a directory of migrations."""
    return [File(f"{number:03}_{file.name}.sql", file.text) for number, file in enumerate(files, start=1)]
