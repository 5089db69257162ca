from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from emulator.client import Person
from tests.e2e.stack import READY_SOONER, Stack, demo_stack

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


@pytest.fixture(scope="session")
def stack(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Up and healthy; shared by the tests that leave it so."""
    with demo_stack(tmp_path_factory.mktemp("stack"), READY_SOONER) as shared:
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
