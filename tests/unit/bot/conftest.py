from __future__ import annotations

import pytest
from aiogram.utils.i18n import I18n

from bot.views.translations import Translations


@pytest.fixture(scope="session")
def translations() -> Translations:
    return Translations()


@pytest.fixture(autouse=True)
def i18n(translations: Translations) -> Translations:
    """Views can be called, and speak English."""
    I18n.set_current(translations)
    return translations
