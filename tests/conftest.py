from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what a test has recorded as a table."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, shown in report.user_properties:
            if name == "table":
                terminalreporter.write_sep("-", report.head_line)
                terminalreporter.write_line(str(shown))
