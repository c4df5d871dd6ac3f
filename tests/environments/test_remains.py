"""What a killed engine leaves in a backend that is a folder."""

import json
from pathlib import Path

import pytest

from environments.locks import release_stale_locks
from environments.remains import backend_of, remove_empty_attributes, state_folder
from tests.environments.test_locks import lock
from tests.requirements import requirement

STACKS = ".pulumi/stacks/mcp-okta"


def released(folder: Path) -> bool:
    """Make way in a backend in that folder."""
    return release_stale_locks(f"file://{folder}", "dev", lambda text: None)


@requirement("environments:stale-lock")
def test_what_a_dead_one_was_writing_is_removed_and_the_state_stays(tmp_path: Path) -> None:
    """A killed engine leaves a copy of the state beside it, which outlives `down` (seen in fault runs, 3.259.0)."""
    lock(tmp_path, 2**22 + 5)
    stacks = tmp_path / STACKS
    stacks.mkdir(parents=True)
    for name in ("dev.json", "dev.json.18eb0fd6ef28178b.tmp", "dev-2.json.18eb0fd6ef28178b.tmp"):
        (stacks / name).touch()

    assert released(tmp_path)
    assert {path.name for path in stacks.iterdir()} == {"dev.json", "dev-2.json.18eb0fd6ef28178b.tmp"}


@requirement("environments:stale-lock")
def test_what_nobody_left_a_lock_for_may_be_somebodys_work(tmp_path: Path) -> None:
    """Another engine may be writing it at this moment (gocloud.dev, fileblob)."""
    written = tmp_path / STACKS / "dev.json.18eb0fd6ef28178b.tmp"
    written.parent.mkdir(parents=True)
    written.touch()

    assert not released(tmp_path)
    assert written.exists()


@requirement("environments:stale-lock")
def test_empty_attributes_are_removed_and_others_stay(tmp_path: Path) -> None:
    """`failed to load checkpoint: EOF`, for ever, after a kill between emptying and writing (seen in fault runs)."""
    stacks = tmp_path / STACKS
    stacks.mkdir(parents=True)
    (stacks / "dev.json.attrs").touch()
    (stacks / "other.json.attrs").write_text("{}")

    remove_empty_attributes(f"file://{tmp_path}")

    assert [path.name for path in stacks.iterdir()] == ["other.json.attrs"]
    remove_empty_attributes("https://api.pulumi.com")


@requirement("environments:stale-lock")
@pytest.mark.parametrize(
    ("named", "folder"),
    [("file://~", "home"), ("file://~/state", "home/state"), ("file://./state", "root/state"), ("file://.", "root")],
)
def test_a_folder_may_be_the_persons_home_or_beside_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, folder: str
) -> None:
    """And may be known from `pulumi login` alone (Pulumi, DIY backends; credentials.json)."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    home = tmp_path / "home/.pulumi"
    home.mkdir(parents=True)
    (home / "credentials.json").write_text(json.dumps({"current": named}))
    logged_in = {"HOME": str(tmp_path / "home")}

    for environ in ({"PULUMI_BACKEND_URL": named}, logged_in):
        found = state_folder(backend_of(environ, tmp_path / "root"))
        assert found is not None and found.resolve() == tmp_path / folder / ".pulumi"
    (home / "credentials.json").write_text("")
    assert backend_of(logged_in, tmp_path) == ""
