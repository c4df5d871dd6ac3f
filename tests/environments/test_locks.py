"""Locks of the engine: of the dead, of the living, of others."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments.errors import StackLocked
from environments.locks import read_locks, release_stale_locks
from tests.requirements import requirement


def lock(folder: Path, pid: int, host: str = "") -> Path:
    """Write a lock file as the engine does (Pulumi 3.259.0, DIY backend)."""
    path = folder / f".pulumi/locks/organization/mcp-okta/dev/{pid}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    owner = {
        "pid": pid,
        "username": "ann",
        "hostname": host or socket.gethostname(),
        "timestamp": "2026-01-01T00:00:00Z",
    }
    path.write_text(json.dumps(owner))
    return path


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[int]:
    """A living process that is called `pulumi`."""
    program = tmp_path / "pulumi"
    shutil.copy(shutil.which("cat") or "/bin/cat", program)
    with subprocess.Popen([program], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.kill()


@requirement("environments:stale-lock")
@pytest.mark.parametrize("pid", [2**22 + 5, os.getpid()], ids=["gone", "another program"])
def test_a_dead_ones_lock_is_removed_and_it_is_said(tmp_path: Path, pid: int) -> None:
    """Its process is gone, or its number belongs to something else by now (proc(5))."""
    path, said = lock(tmp_path, pid), list[str]()

    assert release_stale_locks(f"file://{tmp_path}", "dev", said.append)
    assert not path.exists()
    assert str(pid) in said[0]


def test_a_living_ones_lock_is_left_and_its_owner_named(tmp_path: Path, engine: int) -> None:
    """Process and time are in the message (issue 3: what, where, remedy)."""
    path = lock(tmp_path, engine)
    with pytest.raises(StackLocked, match=f"process {engine} of ann .* since 2026-01-01"):
        release_stale_locks(f"file://{tmp_path}", "dev", lambda text: None, patience_seconds=0)

    assert path.exists()


def test_a_lock_of_another_machine_is_never_removed(tmp_path: Path) -> None:
    """Whether its process lives cannot be seen from here (ours)."""
    lock(tmp_path, 1, "elsewhere.invalid")
    with pytest.raises(StackLocked, match=r"elsewhere\.invalid") as refused:
        release_stale_locks(f"file://{tmp_path}", "dev", lambda text: None)

    assert "pulumi cancel" in refused.value.remedy


def test_other_backends_keep_their_own_locks(tmp_path: Path) -> None:
    """Only a folder can be looked into (Pulumi, state and backends)."""
    assert list(read_locks("https://api.pulumi.com", "dev")) == []
    assert not release_stale_locks("", "dev", lambda text: None)
