"""Unit tests for starting a daemon, with small programs in its place."""

import sys
from pathlib import Path

import pytest

from local_cloud import launch as launch_module
from local_cloud.errors import LocalCloudError
from local_cloud.folder import LocalFolder
from local_cloud.launch import launch
from local_cloud.processes import processes_of, stop_processes
from tests.requirements import requirement

READY = 'import os, sys; os.write(3, b\'{"say": "hello"}\\n{"ready": true}\\n\'); os.close(3); sys.stdout.write(\'\')'
REFUSES = 'import os; os.write(3, b\'{"error": "port 7 is taken", "remedy": "free it"}\\n\')'
DIES = "print('first'); raise SystemExit('out of luck')"
HANGS = "import signal; signal.pause()"
SILENT = "raise SystemExit(1)"


@pytest.fixture
def folder(tmp_path: Path) -> LocalFolder:
    """A prepared folder."""
    folder = LocalFolder.of(tmp_path)
    folder.prepare()
    return folder


def stand_in(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let this program be the daemon."""
    monkeypatch.setattr(launch_module, "command_of", lambda root, python: [sys.executable, "-c", program])


def test_a_daemon_that_is_ready_is_left_running(folder: LocalFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it says on the way reaches the person; it leads a group of its own (issue 3, §5)."""
    said: list[str] = []
    stand_in(monkeypatch, f"{READY}; {HANGS}")
    launch(folder, said.append, seconds=20)

    assert said == ["hello"]
    assert len(processes_of(folder.root)) == 1
    assert stop_processes(folder.root)


@requirement("local:error-edge")
def test_a_daemon_that_refuses_has_the_last_word(folder: LocalFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own message and remedy reach the person (issue 3: one clear message)."""
    stand_in(monkeypatch, REFUSES)
    with pytest.raises(LocalCloudError, match="port 7 is taken") as caught:
        launch(folder, lambda text: None, seconds=20)

    assert caught.value.remedy == "free it"


def test_a_daemon_that_dies_is_explained_by_its_log(folder: LocalFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last lines of this start in the order of their writing, not of an earlier one (ours)."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    folder.log.write_text("yesterday\n")
    stand_in(monkeypatch, DIES)
    with pytest.raises(LocalCloudError, match="died while starting: first / out of luck") as caught:
        launch(folder, lambda text: None, seconds=20)

    assert "yesterday" not in caught.value.message
    assert "logs" in caught.value.remedy


def test_a_daemon_that_dies_without_a_word_is_named(folder: LocalFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the log is also said (ours)."""
    stand_in(monkeypatch, SILENT)
    with pytest.raises(LocalCloudError, match="wrote nothing"):
        launch(folder, lambda text: None, seconds=20)


def test_a_daemon_that_hangs_is_ended(folder: LocalFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bounded wait, and nothing is left half-started (issue 3)."""
    stand_in(monkeypatch, HANGS)
    said: list[str] = []
    with pytest.raises(LocalCloudError, match="did not start within"):
        launch(folder, said.append, seconds=0.2)

    assert processes_of(folder.root) == []
    assert said and "still starting" in said[0]


def test_an_interrupted_start_leaves_nothing(folder: LocalFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of a start (issue 3: nothing half-done left behind)."""

    def interrupt(text: str) -> None:
        raise KeyboardInterrupt

    stand_in(monkeypatch, f"{READY}; {HANGS}")
    with pytest.raises(KeyboardInterrupt):
        launch(folder, interrupt, seconds=20)

    assert processes_of(folder.root) == []


def test_a_log_that_has_grown_is_turned_over(folder: LocalFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """One old log is kept (ours)."""
    monkeypatch.setattr(launch_module, "LARGEST_LOG", 3)
    folder.log.write_text("long enough")
    stand_in(monkeypatch, SILENT)
    with pytest.raises(LocalCloudError):
        launch(folder, lambda text: None, seconds=20)

    assert folder.log.with_suffix(".log.1").read_text() == "long enough"
