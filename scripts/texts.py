"""Brings the catalogues of what the bot says up to date with the code; what is new waits there for a translation.

`python scripts/texts.py pt` begins another language.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parents[1] / "services/bot/src/bot"
LOCALES = SOURCE / "locales"
KEYWORDS = {"_": None, "ngettext": (1, 2)}


def main(new_languages: list[str]) -> None:
    template = extracted()
    for language in sorted({*new_languages, *(path.name for path in LOCALES.iterdir())}):
        path = LOCALES / language / "LC_MESSAGES/messages.po"
        catalogue = read(path, language)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=0, omit_header=False, include_lineno=False, sort_by_file=True)
        waiting = sum(not is_translated(message) for message in catalogue if message.id)
        print(f"{path.relative_to(SOURCE)}: {len(catalogue)} texts, {waiting} of them without a translation")


def extracted() -> Catalog:
    """What the code says, in English."""
    template = Catalog(project="Orderly")
    for name, line, message, comments, _ in extract_from_dir(str(SOURCE), keywords=KEYWORDS):
        template.add(message, None, [(name, line)], auto_comments=comments)
    return template


def read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, project="Orderly", header_comment=f"# Orderly in {language}.", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def is_translated(message: Message) -> bool:
    given = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return not message.fuzzy and all(given)


if __name__ == "__main__":
    main(sys.argv[1:])
