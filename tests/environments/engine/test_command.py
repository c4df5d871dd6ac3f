"""How the engine is run and stopped. See also tests/environments/test_lifecycle.py."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from pulumi.automation.errors import CommandError

from environments.engine.command import EngineCommand
from environments.engine.environ import full_environment
from environments.engine.lookup import Engine
from environments.errors import Interrupted
from tests.environments.engine.programs import program
from tests.requirements import requirement


def command(tmp_path: Path, *lines: str, **environ: str) -> EngineCommand:
    """The engine replaced by a script."""
    path = program(tmp_path / "pulumi", *lines)
    return EngineCommand(Engine(path, (3, 259, 0), "test"), {"PATH": "/usr/bin:/bin", **environ}, lambda text: None)


def test_the_engine_has_the_environment_that_it_was_given_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable of ours that leads to a real account does not reach it (docs/architecture.md)."""
    monkeypatch.setenv("AWS_PROFILE", "real")
    overlay = {"AWS_PROFILE": None, "AWS_REGION": "us-east-1"}

    done = command(tmp_path, "env", **full_environment(overlay)).run(["up"], str(tmp_path), {})

    assert "AWS_REGION=us-east-1" in done.stdout.splitlines()
    assert "AWS_PROFILE" not in done.stdout


def test_a_failure_carries_what_the_engine_wrote(tmp_path: Path) -> None:
    """pulumi.automation.errors.CommandError."""
    with pytest.raises(CommandError, match="no good"):
        command(tmp_path, "echo no good >&2", "exit 7").run(["up"], str(tmp_path), {})


@requirement("environments:polite-stop")
def test_a_signal_reaches_the_engine_once_and_its_step_is_finished(tmp_path: Path) -> None:
    """Keys that are hit twice are one wish: a second SIGINT leaves the step half-done (Pulumi, cancellation)."""
    log, ready = tmp_path / "log", tmp_path / "ready"
    lines = [
        f"trap 'echo INT >> {log}' INT",
        f"touch {ready}",
        "while [ ! -e finish ]; do sleep 0.02; done",
        f"echo finished >> {log}",
    ]
    engine = command(tmp_path, *lines)

    def person() -> None:
        wait(ready)
        os.kill(os.getpid(), signal.SIGTERM)
        wait(log)
        os.kill(os.getpid(), signal.SIGINT)
        (tmp_path / "finish").touch()

    thread = threading.Thread(target=person)
    thread.start()
    with engine.stoppable(), pytest.raises(Interrupted):
        engine.run(["up"], str(tmp_path), {})
    thread.join(5)

    assert log.read_text().split() == ["INT", "finished"]
    with pytest.raises(Interrupted):
        engine.run(["up"], str(tmp_path), {})


@requirement("environments:second-stop")
def test_who_asks_again_is_obeyed_at_once_and_the_third_time_whatever_the_engine_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that never ends must not keep the person (issue 4, fault runs; Pulumi, cancellation)."""
    monkeypatch.setattr("environments.engine.command.ONE_STOP_SECONDS", 0.0)
    log, ready = tmp_path / "log", tmp_path / "ready"
    lines = [f"trap 'echo INT >> {log}' INT", f"touch {ready}", "while true; do sleep 0.02; done"]
    engine = command(tmp_path, *lines)

    def person() -> None:
        wait(ready)
        for asked in (1, 2, 3):
            os.kill(os.getpid(), signal.SIGINT)
            deadline = time.monotonic() + 5
            while asked < 3 and not (log.exists() and log.read_text().count("INT") == asked):
                assert time.monotonic() < deadline
                time.sleep(0.01)

    thread = threading.Thread(target=person)
    thread.start()
    with engine.stoppable(), pytest.raises(Interrupted, match="may be half-done"):
        engine.run(["up"], str(tmp_path), {})
    thread.join(5)

    assert log.read_text().split() == ["INT", "INT"]


def test_signals_are_as_before_afterwards(tmp_path: Path) -> None:
    """Ours."""
    before = signal.getsignal(signal.SIGINT)
    with command(tmp_path).stoppable():
        assert signal.getsignal(signal.SIGINT) != before

    assert signal.getsignal(signal.SIGINT) == before


def wait(path: Path) -> None:
    """Wait, bounded, for the file."""
    deadline = time.monotonic() + 5
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
