from __future__ import annotations

import pytest

from bot.domain.languages import LANGUAGES
from bot.telegram.command_menu import admins_menu, customers_menus
from bot.views.commands import CUSTOMERS, admins_commands
from bot.views.translations import Translations


@pytest.mark.parametrize("language", LANGUAGES)
def test_telegram_takes_every_text(language: str, translations: Translations) -> None:
    for command in admins_menu(1, language, translations).commands:
        assert 1 <= len(command.description.strip()) <= 256


def test_customers_have_a_menu_in_each_language_and_english_is_for_all_others(translations: Translations) -> None:
    assert [menu.language_code for menu in customers_menus(translations)] == [None, "ru", "es", "de"]


def test_customers_are_not_offered_what_is_for_admins(translations: Translations) -> None:
    for menu in customers_menus(translations):
        offered = [command.command for command in menu.commands]
        assert offered == list(CUSTOMERS)
        assert not set(offered) & set(admins_commands())
