"""What the answer to a press says is no longer than Telegram takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.domain.languages import LANGUAGES
from bot.telegram.handling import LONGEST_TOAST, Handling
from bot.views import help as help_views
from bot.views.admin import broadcast
from bot.views.translations import Translations

TOASTS = (help_views.out_of_date, help_views.slower, broadcast.begun, broadcast.stopping, broadcast.under_way)


@pytest.fixture
def handling() -> Handling:
    return Handling(None, None, None, None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("said", TOASTS)
def test_no_toast_is_cut_in_any_language(translations: Translations, language: str, said: Callable[[], str]) -> None:
    with translations.context(), translations.use_locale(language):
        assert 0 < len(said()) <= LONGEST_TOAST


@pytest.mark.parametrize("length", [1, 199, 200, 201, 5000])
def test_a_toast_that_is_too_long_is_cut(handling: Handling, length: int) -> None:
    handling.toast("x" * length)
    assert len(handling.toasted) == min(length, 200)
    assert handling.toasted.endswith("…") == (length > 200)
