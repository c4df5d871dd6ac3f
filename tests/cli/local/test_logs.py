"""Unit tests for printing and following logs."""

from pathlib import Path

import pytest

from cli.errors import CliError, UnknownLog
from cli.logs import Tail, follow_logs, print_logs
from tests.requirements import requirement


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A folder with three logs."""
    (tmp_path / "local-cloud.log").write_text("started\nready\n")
    (tmp_path / "function-mcp-okta-local.log").write_text("called\n")
    (tmp_path / "local-cloud.log.1").write_text("long ago\n")
    return tmp_path


@requirement("local:logs")
def test_each_line_has_the_name_of_its_log(logs: Path) -> None:
    """All logs, in the order of their names; what was turned over is left out (design, contract 4)."""
    lines: list[str] = []
    print_logs(logs, None, lines.append)

    assert lines == ["function-mcp-okta-local | called", "local-cloud | started", "local-cloud | ready"]


def test_a_name_need_not_be_whole(logs: Path) -> None:
    """`function` is enough (ours)."""
    lines: list[str] = []
    print_logs(logs, "function", lines.append)

    assert lines == ["function-mcp-okta-local | called"]


def test_an_unknown_log_names_those_that_exist(logs: Path) -> None:
    """Wrong usage (issue 3: what, where, remedy)."""
    with pytest.raises(UnknownLog, match="local-cloud") as caught:
        print_logs(logs, "okto", lambda line: None)

    assert caught.value.exit_code == 2


def test_no_logs_at_all_is_said(tmp_path: Path) -> None:
    """With the command that makes some (issue 3: what, where, remedy)."""
    with pytest.raises(CliError) as caught:
        print_logs(tmp_path / "missing", None, lambda line: None)

    assert caught.value.remedy == "mcp-okta local up"


def test_what_is_added_follows(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole lines only, those of new logs as well, and those of a log that was replaced (ours)."""
    lines: list[str] = []
    changes = [
        lambda: add(logs / "local-cloud.log", "half"),
        lambda: add(logs / "local-cloud.log", " a line\n"),
        lambda: (logs / "local-new.log").write_text("new\n"),
        lambda: (logs / "local-cloud.log").write_text("again\n"),
    ]
    seen_after: list[int] = []

    def ended() -> bool:
        seen_after.append(len(lines))
        if not changes:
            return True
        changes.pop(0)()
        return False

    monkeypatch.setattr("cli.logs.LOOK_SECONDS", 0)
    follow_logs(logs, "local", lines.append, ended)

    assert lines == [
        "local-cloud | started",
        "local-cloud | ready",
        "local-cloud | half a line",
        "local-new | new",
        "local-cloud | again",
    ]
    assert seen_after == [2, 2, 3, 4, 5]


def add(path: Path, text: str) -> None:
    """Write at the end of a file."""
    with path.open("a") as file:
        file.write(text)


def test_no_line_is_lost_when_a_log_is_turned_over_meanwhile(logs: Path) -> None:
    """The rest of the old file, then the new one (ours)."""
    log = logs / "local-cloud.log"
    tail = Tail(log)
    seen = list(tail.new_lines())
    add(log, "last\n")
    log.replace(logs / "local-cloud.log.1")
    log.write_text("first\n")
    seen += tail.new_lines()
    add(log, "second\n")
    seen += tail.new_lines()

    assert seen == ["started", "ready", "last", "first", "second"]
