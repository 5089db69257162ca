"""Everything is said in every language, with the same values and the same formatting in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from bot.domain.languages import DEFAULT_LANGUAGE, LANGUAGES
from bot.views.translations import LOCALES, Translations
from scripts.texts import KEYWORDS, SOURCE, extracted, is_translated, read

TRANSLATED = sorted(set(LANGUAGES) - {DEFAULT_LANGUAGE})


@pytest.fixture(scope="module")
def said() -> Catalog:
    return extracted()


@pytest.fixture(scope="module", params=TRANSLATED)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return read(LOCALES / request.param / "LC_MESSAGES/messages.po", request.param)


def messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def ids(catalogue: Catalog) -> set[str | tuple[str, ...]]:
    return {message.id if isinstance(message.id, str) else tuple(message.id) for message in messages(catalogue)}


def forms(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [value or ""] if isinstance(value, str | None) else list(value)


def marks(text: str) -> list[str]:
    """What a translation has to take over as it is."""
    return sorted(re.findall(r"\{\w*\}|</?\w+>|/[a-z]+\b", text))


def test_there_is_a_catalogue_for_every_language_that_can_be_chosen(translations: Translations) -> None:
    assert sorted(translations.available_locales) == TRANSLATED
    assert sorted(path.name for path in LOCALES.iterdir()) == TRANSLATED


def test_every_text_of_the_code_is_found() -> None:
    """A call inside of an f-string, or with anything but literals, would stay English for ever."""
    calls = (node for path in SOURCE.rglob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    said = [node for node in calls if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KEYWORDS]
    texts = [[ast.literal_eval(argument) for argument in call.args[:2]] for call in said if call.args]
    found = {text if isinstance(text, str) else tuple(text) for text in ids(extracted())}
    assert {tuple(text) if len(text) > 1 else text[0] for text in texts} == found


def test_every_text_is_in_every_catalogue_and_nothing_else(said: Catalog, catalogue: Catalog) -> None:
    assert ids(catalogue) == ids(said), "run `make texts`, and translate what is new"


def test_every_text_is_translated(catalogue: Catalog) -> None:
    assert [message.id for message in messages(catalogue) if not is_translated(message)] == []


def test_every_number_has_its_form(catalogue: Catalog) -> None:
    for message in messages(catalogue):
        assert len(forms(message.string)) == (catalogue.num_plurals if message.pluralizable else 1), message.id


def test_values_tags_and_commands_are_taken_over(catalogue: Catalog) -> None:
    for message in messages(catalogue):
        original = marks(forms(message.id)[-1])
        for form in forms(message.string):
            assert marks(form) == original, (message.id, form)


def test_space_around_a_text_is_taken_over(catalogue: Catalog) -> None:
    for message in messages(catalogue):
        original = forms(message.id)[-1]
        for form in forms(message.string):
            assert (form != form.strip()) == (original != original.strip()), (message.id, form)


@pytest.mark.parametrize(("count", "russian"), [(1, "заказ"), (2, "заказа"), (5, "заказов"), (21, "заказ")])
def test_russian_counts_as_russians_do(translations: Translations, count: int, russian: str) -> None:
    said = translations.gettext("{count} order", "{count} orders", count, locale="ru").format(count=count)
    assert said == f"{count} {russian}"
