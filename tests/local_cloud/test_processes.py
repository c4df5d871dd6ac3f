"""Unit tests for finding and ending the local cloud's processes, with small real ones."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.processes import MARK, is_daemon, name_of, processes_of, root_of, stop_processes
from tests.requirements import requirement

WAITS = "import sys; print('up', flush=True); sys.stdin.read()"
DEAF = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); sys.stdin.read()"


class Children:
    """Small processes that are surely gone after the test."""

    def __init__(self) -> None:
        self.all: list[subprocess.Popen[str]] = []

    def start(self, program: str, mark: str | None = None, **options: object) -> subprocess.Popen[str]:
        """Start Python with this program and return when it runs."""
        env = {"PATH": os.defpath} | ({MARK: mark} if mark else {})
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        child = subprocess.Popen([sys.executable, "-c", program], env=env, **pipes, **options)
        self.all.append(child)
        assert child.stdout is not None and child.stdout.readline() == "up\n"
        return child

    def end(self) -> None:
        """Kill and reap them all."""
        for child in self.all:
            child.kill()
            child.communicate(timeout=5)


@pytest.fixture
def children() -> Iterator[Children]:
    """Processes to look for."""
    children = Children()
    yield children
    children.end()


def test_a_marked_process_is_found(children: Children, tmp_path: Path) -> None:
    """The mark is inherited by whatever the daemon starts (ours)."""
    child = children.start(WAITS, str(tmp_path))

    assert processes_of(tmp_path) == [child.pid]
    assert root_of(child.pid) == str(tmp_path)
    assert not is_daemon(child.pid, tmp_path)


def test_a_group_of_ours_is_found_with_its_unmarked_members(children: Children, tmp_path: Path) -> None:
    """A child that was given a clean environment is found by the group that a living one of ours leads (ours)."""
    leader = children.start(WAITS, str(tmp_path), process_group=0)
    member = children.start(WAITS, process_group=leader.pid)

    assert processes_of(tmp_path) == sorted([leader.pid, member.pid])


def test_a_function_is_found_by_its_interpreter(children: Children, tmp_path: Path) -> None:
    """Functions run in sessions of their own, in an environment of their own, in our interpreter (design)."""
    (tmp_path / ".local/runtime/bin").mkdir(parents=True)
    interpreter = tmp_path / ".local/runtime/bin/python"
    interpreter.symlink_to(sys.executable)
    command = [str(interpreter), "-c", WAITS]
    child = subprocess.Popen(command, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0)
    children.all.append(child)
    assert child.stdout is not None and child.stdout.readline() == "up\n"

    assert processes_of(tmp_path) == [child.pid]


@requirement("local:only-ours")
def test_what_carries_no_mark_is_left_alone(children: Children, tmp_path: Path) -> None:
    """Another root's local cloud, and a process that was given an old number, go on (ours)."""
    other = children.start(WAITS, str(tmp_path / "other"))
    plain = children.start(WAITS)
    ours = children.start(WAITS, str(tmp_path))

    assert stop_processes(tmp_path, seconds=5)
    assert (other.poll(), plain.poll()) == (None, None)
    assert processes_of(tmp_path) == []
    assert ours.wait(timeout=5) is not None


def test_what_ignores_a_polite_end_is_killed(children: Children, tmp_path: Path) -> None:
    """SIGTERM, a bounded wait, SIGKILL (issue 3: clean stop)."""
    children.start(DEAF, str(tmp_path))

    assert stop_processes(tmp_path, seconds=0.1)
    assert processes_of(tmp_path) == []


def test_stopping_nothing_is_fine(tmp_path: Path) -> None:
    """And says that there was nothing (issue 3: stopping may be repeated)."""
    assert stop_processes(tmp_path) is False


def test_a_dead_process_is_none_of_ours(children: Children, tmp_path: Path) -> None:
    """A zombie is not running (proc(5): its cmdline is empty)."""
    child = children.start(WAITS, str(tmp_path))
    os.kill(child.pid, signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert processes_of(tmp_path) == []
    assert root_of(child.pid) is None


def test_a_process_is_named_without_its_arguments(children: Children) -> None:
    """Arguments may hold secrets (rules)."""
    child = children.start(WAITS)

    assert name_of(child.pid).startswith("python")
    assert name_of(2**22 + 1) == "unknown"
