from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from emulator.client import Person
from tests.e2e.stack import READY_SOONER, Stack, demo_stack
from tests.e2e.talking import Talker

#: Olga of the demo, and one who reads Russian.
OWNERS = {"en": 1003, "ru": 1013}
LANGUAGES = tuple(OWNERS)

_USER_IDS = itertools.count(5_000_000_000)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows the logs of the shared stack with the test that failed on it."""
    report = yield
    shared = item.funcargs.get("stack")
    if report.failed and isinstance(shared, Stack):
        report.sections.append(("containers", shared.report()))
    return report


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Built from the working tree."""
    with demo_stack(tmp_path_factory.mktemp("build")) as stack:
        stack.compose("build")


@pytest.fixture(scope="package")
def stack(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Up and healthy; shared by the tests that leave it so."""
    admins = ",".join(map(str, OWNERS.values()))
    with demo_stack(tmp_path_factory.mktemp("stack"), READY_SOONER, DEMO_ADMIN_IDS=admins) as shared:
        shared.up()
        yield shared


@pytest.fixture
def own_folder(images: None, tmp_path: Path) -> Path:
    """For a stack that the test starts, and breaks, itself."""
    return tmp_path


@pytest.fixture
def newcomer(stack: Stack) -> Person:
    """Somebody the bot has never seen."""
    return stack.emulator.person(next(_USER_IDS), "Ada", username="ada")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """The test runs in each of them."""
    return str(request.param)


@pytest.fixture
def customers(stack: Stack) -> dict[str, Talker]:
    """By language: people whom the bot has never seen."""
    names = {"en": "Ada", "ru": "Борис"}
    return {
        language: Talker(stack.emulator.person(next(_USER_IDS), name, language_code=language), language)
        for language, name in names.items()
    }


@pytest.fixture
def customer(customers: dict[str, Talker], language: str) -> Talker:
    return customers[language]


@pytest.fixture
def owners(stack: Stack) -> dict[str, Talker]:
    """By language: admins, who have read everything and are in the middle of nothing."""
    return {language: _owner(stack, language) for language in LANGUAGES}


@pytest.fixture
def owner(stack: Stack, language: str) -> Talker:
    return _owner(stack, language)


def _owner(stack: Stack, language: str) -> Talker:
    names = {"en": "Olga", "ru": "Ольга"}
    usernames = {"en": "olga_owner", "ru": "olga"}
    person = stack.emulator.person(
        OWNERS[language], names[language], username=usernames[language], language_code=language
    )
    stack.wait_until_idle()
    stack.sql(f"DELETE FROM conversations WHERE user_id = {person.id}")
    owner = Talker(person, language)
    owner.forget_what_was_said()
    owner.say("/start", "Welcome, {name}!", name=person.first_name)
    return owner
