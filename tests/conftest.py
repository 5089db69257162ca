from __future__ import annotations

from collections.abc import Iterator

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

#: They take longest, so they begin first; the others fill up what is left of the time.
LONG = ("tests/e2e/", "tests/integration/bot/chaos/", "tests/integration/migrator/test_cut_off.py")


class Schedule(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """A worker has the whole of a file, so that what it sets up is set up once; one worker has the Compose stack."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/e2e/" if nodeid.startswith("tests/e2e/") else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Schedule:
    return Schedule(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # one of several workers
        items.sort(key=_place)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Prints what tests have recorded as a table, above the failures, which are read first."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, shown in report.user_properties:
            if name == "table":
                terminalreporter.write_sep("-", report.head_line)
                terminalreporter.write_line(str(shown))
    yield


def _place(item: pytest.Item) -> int:
    return next((place for place, path in enumerate(LONG) if item.nodeid.startswith(path)), len(LONG))
