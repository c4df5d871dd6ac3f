"""Fixtures shared by every folder of tests."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the loop that the function and the local cloud use."""
    return "asyncio"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests recorded, so that they are read with the result."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, lines in report.user_properties:
            if name == "figures":
                terminalreporter.section(report.nodeid.rpartition("::")[2])
                terminalreporter.write_line("\n".join(lines))
