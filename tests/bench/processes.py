"""Memory and descriptors of the local cloud's processes, by the kernel's own books. Source: proc(5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from local_cloud.processes import is_daemon, processes_of

PROC = Path("/proc")


@dataclass(frozen=True)
class Held:
    """What a set of processes holds at one moment; memory in MiB."""

    processes: int
    memory_mib: float
    descriptors: int


def held_by_daemon(root: Path) -> Held:
    """What the process holds in which Okta, the control plane and the front doors run."""
    return _held([pid for pid in processes_of(root) if is_daemon(pid, root)])


def held_by_functions(root: Path) -> Held:
    """What the function's environments hold."""
    return _held([pid for pid in processes_of(root) if not is_daemon(pid, root)])


def _held(pids: Iterable[int]) -> Held:
    found = [held for pid in pids if (held := _of(pid)) is not None]
    return Held(len(found), round(sum(memory for memory, _ in found), 1), sum(count for _, count in found))


def _of(pid: int) -> tuple[float, int] | None:
    try:
        status = (PROC / str(pid) / "smaps_rollup").read_text()
        descriptors = len(list((PROC / str(pid) / "fd").iterdir()))
    except (FileNotFoundError, ProcessLookupError):
        return None
    line = next(line for line in status.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024, descriptors
