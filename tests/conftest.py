"""Options of the whole test suite."""

from __future__ import annotations

import pytest

FLAG = "--regenerate-golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        FLAG,
        action="store_true",
        default=False,
        help="write samples/golden anew from what the program reads now; the run then fails on purpose",
    )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that rewrites what it compares with proves nothing, so it never passes."""
    if session.config.getoption(FLAG):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if terminalreporter.config.getoption(FLAG):
        terminalreporter.write_sep("=", f"{FLAG} was on: this run counts as failed", red=True)
        terminalreporter.write_line("Read the changes (git diff samples/golden), then run again without the flag.")
