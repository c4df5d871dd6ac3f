"""The engine's lock on a stack in a folder: whose it is, whether they still live, and what to do then."""

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from environments.errors import StackLocked
from environments.name import PROJECT
from environments.remains import remove_empty_attributes, remove_half_written, state_folder

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Lock:
    """One lock file. Source: Pulumi, DIY backends: `.pulumi/locks/organization/PROJECT/STACK/ID.json`."""

    path: Path
    pid: int
    host: str
    user: str
    since: str

    @property
    def here(self) -> bool:
        """Whether it was taken on this machine."""
        return self.host == socket.gethostname()

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user} on {self.host}, since {self.since}"


def release_stale_locks(
    backend: str, stack: str, report: Callable[[str], None], patience_seconds: float = PATIENCE_SECONDS
) -> bool:
    """
    Make way where the lock's owner is dead; wait a while for one that lives. Tells whether a dead one was removed.

    Raises:
        StackLocked: the owner lives on, or is on another machine.
    """
    remove_empty_attributes(backend)
    deadline = time.monotonic() + patience_seconds
    released = waiting = False
    while locks := list(read_locks(backend, stack)):
        alive = [lock for lock in locks if not lock.here or is_engine(lock.pid)]
        if not alive:
            remove_half_written(backend, stack)
        for lock in [lock for lock in locks if lock not in alive]:
            report(
                f"an earlier run was killed (process {lock.pid}, since {lock.since}); its lock on {stack} is removed"
            )
            lock.path.unlink(missing_ok=True)
            released = True
        if alive and (not all(lock.here for lock in alive) or time.monotonic() >= deadline):
            raise locked(stack, alive[0])
        if alive and not waiting:
            waiting = True
            report(f"{stack} is being changed by {alive[0]}; waiting for it")
        time.sleep(0.1 if alive else 0)
    return released


def locked(stack: str, lock: Lock) -> StackLocked:
    """Somebody else is changing the stack."""
    if lock.here:
        return StackLocked(f"the stack {stack} is being changed by {lock}", "let it finish, then run it again")
    return StackLocked(
        f"the stack {stack} is locked by {lock}",
        f"let it finish; if it is gone for certain: pulumi cancel --yes --stack {stack}",
    )


def read_locks(backend: str, stack: str) -> Iterator[Lock]:
    """The locks on the stack, where the backend is a folder."""
    folder = state_folder(backend)
    if folder is None:
        return
    for path in sorted((folder / "locks/organization" / PROJECT / stack).glob("*.json")):
        try:
            content = json.loads(path.read_text())
            yield Lock(path, int(content["pid"]), content["hostname"], content["username"], content["timestamp"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            continue  # gone since, or being written


def is_engine(pid: int) -> bool:
    """
    Whether that process lives and is a Pulumi CLI; its number may have been given to another since.

    Source: proc(5).
    """
    process = Path("/proc") / str(pid)
    if not process.parent.joinpath("self").exists():
        return _lives(pid)
    try:
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z" and (process / "comm").read_text().startswith("pulumi")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
