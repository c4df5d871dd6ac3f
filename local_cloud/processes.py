"""The processes of one local cloud, found in /proc by a mark that only they carry. Source: proc(5)."""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from local_cloud.errors import LocalCloudError

MARK = "MCP_OKTA_LOCAL_CLOUD"
PROC = Path("/proc")


def command_of(root: Path, python: str) -> list[str]:
    """The daemon's command line, which is how it is recognised."""
    return [python, "-m", "local_cloud", "--root", str(root)]


def processes_of(root: Path) -> list[int]:
    """
    The living processes of this root's local cloud: the daemon, its children, and their groups.

    Source: ours. A process id may have been given to somebody else since; the mark has not.
    """
    marked = {pid for pid in _own_pids() if root_of(pid) == str(root)}
    groups = {group for pid in marked if (group := _group(pid)) in marked}
    return sorted(marked | {pid for pid in _own_pids() if _group(pid) in groups})


def root_of(pid: int) -> str | None:
    """The root of the local cloud that the process is a part of, or None."""
    words = _strings(pid, "cmdline")
    if words[1:4] == ["-m", "local_cloud", "--root"] and len(words) > 4:
        return words[4]
    if words and "/.local/runtime/" in words[0]:
        return words[0].split("/.local/runtime/")[0]
    marks = [text for text in _strings(pid, "environ") if text.startswith(f"{MARK}=")]
    return marks[0].partition("=")[2] if marks else None


def is_daemon(pid: int, root: Path) -> bool:
    """Whether the process is alive and is this root's daemon."""
    return _strings(pid, "cmdline")[1:5] == command_of(root, "")[1:]


def stop_processes(root: Path, seconds: float = 15) -> bool:
    """
    End everything of this root's local cloud; tell whether there was anything.

    Raises:
        LocalCloudError: something survived even SIGKILL.
    """
    running = processes_of(root)
    leaders = [pid for pid in running if is_daemon(pid, root)]
    _send(leaders or running, signal.SIGTERM)
    if not _wait_gone(root, seconds):
        _send(processes_of(root), signal.SIGKILL)
    gone = _wait_gone(root, 5)
    _reap(running)
    if not gone:
        raise LocalCloudError(f"these processes do not end: {processes_of(root)}", remedy="mcp-okta local down")
    return bool(running)


def name_of(pid: int) -> str:
    """How the process is called, without its arguments, which may hold secrets."""
    try:
        return (PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return "unknown"


def _wait_gone(root: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while processes_of(root):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _reap(pids: Iterable[int]) -> None:
    """Let go of those that this very process had started."""
    for pid in pids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def _own_pids() -> list[int]:
    found = []
    for entry in PROC.iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if entry.name.isdigit() and entry.stat().st_uid == os.getuid() and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found


def _strings(pid: int, name: str) -> list[str]:
    """The texts of a /proc file; none of a process that is gone, a zombie, or not ours to read."""
    try:
        return (PROC / str(pid) / name).read_bytes().decode(errors="replace").split("\0")[:-1]
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []


def _group(pid: int) -> int | None:
    try:
        state, _, group = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[:3]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else int(group)
