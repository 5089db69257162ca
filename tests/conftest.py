from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)  # before the plugin reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For the workers: a file stays together, and so do the tests that share a stack."""
    for item in items:
        part = "e2e" if "e2e" in item.path.parts else item.path.stem
        item.add_marker(pytest.mark.xdist_group(part))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a test has recorded as a table is printed, also where a worker has run it."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, shown in report.user_properties:
            if name == "table":
                terminalreporter.write_sep("-", report.head_line)
                terminalreporter.write_line(str(shown))
