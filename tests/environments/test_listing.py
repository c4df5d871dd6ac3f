"""The engine is asked without the SDK: briefly, and with nothing to read from."""

import sys
from pathlib import Path

import pytest

from environments import listing
from environments.engine.lookup import Engine
from environments.errors import EngineFailed
from tests.requirements import requirement


def ask(folder: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> str:
    """Ask an engine that is this program."""
    path = folder / "pulumi"
    path.write_text(f"#!{sys.executable}\nimport os, sys\n{program}\n")
    path.chmod(0o700)
    monkeypatch.setattr(listing, "get_engine", lambda *_: Engine(path, (3, 259, 0), "played"))
    return listing.ask_engine(folder, "dev", {}, "stack", "ls")


@requirement("environments:clear-errors")
def test_an_engine_that_does_not_answer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its backend may be away (Pulumi, backends); the command and the limit are named."""
    monkeypatch.setattr(listing, "PATIENCE_SECONDS", 0.2)

    with pytest.raises(EngineFailed, match="`pulumi stack ls` within"):
        ask(tmp_path, monkeypatch, "os.read(os.pipe()[0], 1)")


def test_an_engine_that_asks_something_back_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that nobody sees must not wait for the person's terminal (ours)."""
    assert ask(tmp_path, monkeypatch, "print(repr(sys.stdin.read()))").strip() == "''"
