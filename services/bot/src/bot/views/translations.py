"""What the bot says in each language: gettext's catalogues in bot/locales, compiled when the bot starts."""

from __future__ import annotations

import gettext
from io import BytesIO
from pathlib import Path

from aiogram.utils.i18n import I18n
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parents[1] / "locales"


class Translations(I18n):
    """aiogram's I18n without a compiler to be run first, so that no compiled file is ever out of date."""

    def __init__(self, path: Path = LOCALES) -> None:
        super().__init__(path=path)

    def find_locales(self) -> dict[str, gettext.GNUTranslations]:
        return {path.parents[1].name: _compiled(path) for path in self.path.glob("*/LC_MESSAGES/messages.po")}


def _compiled(path: Path) -> gettext.GNUTranslations:
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
