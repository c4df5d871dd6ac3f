"""Unit tests for the state file. The daemon that writes it: test_supervisor.py."""

import dataclasses
import json
import stat
from pathlib import Path

import pytest

from local_cloud.errors import LocalCloudError
from local_cloud.folder import LocalFolder, write_private
from local_cloud.keys import read_keys
from local_cloud.state import State, read_last_boot, read_state, remove_state, write_last_boot, write_state
from tests.requirements import requirement

SECRETS = ("passphrase", "okta-api-token", "aws-access-key-id", "aws-secret-access-key")


@pytest.fixture
def folder(tmp_path: Path) -> LocalFolder:
    """A prepared folder."""
    folder = LocalFolder.of(tmp_path)
    folder.prepare()
    return folder


def state_of(folder: LocalFolder, **changes: object) -> State:
    """A state of this folder."""
    state = State(
        7, 7, "2026-01-01T00:00:00+00:00", "b00t", str(folder.root), "http://o", "t0ken", "http://a", "http://c"
    )
    return dataclasses.replace(state, **changes)


@requirement("local:state-file")
def test_what_was_written_is_read(folder: LocalFolder) -> None:
    """The state file holds all of the state, for its owner's eyes only (design, contract 4)."""
    write_state(folder, state_of(folder))

    assert read_state(folder) == state_of(folder)
    assert stat.S_IMODE(folder.state_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_a_state_without_a_file_is_none(folder: LocalFolder) -> None:
    """No file: nothing runs, as far as is known; removing it twice is fine (ours)."""
    write_state(folder, state_of(folder))
    remove_state(folder)
    remove_state(folder)

    assert read_state(folder) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"pid": 7}'])
def test_an_unreadable_state_is_none(folder: LocalFolder, text: str) -> None:
    """A state file of another version, or half of one, is no state (issue 3, §5: stale state file)."""
    folder.state_file.write_text(text)

    assert read_state(folder) is None


@pytest.mark.parametrize(("name", "value"), [("pid", "7"), ("pid", True), ("okta_url", None)])
def test_a_value_of_the_wrong_type_is_no_state(folder: LocalFolder, name: str, value: object) -> None:
    """A process id that is no number is never used (ours)."""
    folder.state_file.write_text(json.dumps(dataclasses.asdict(state_of(folder)) | {name: value}))

    assert read_state(folder) is None


def test_the_state_of_a_copied_folder_is_none(folder: LocalFolder, tmp_path: Path) -> None:
    """A copy of a checkout does not take the original's local cloud for its own (ours)."""
    folder.state_file.write_text(json.dumps(dataclasses.asdict(state_of(folder, root="/elsewhere"))))

    assert read_state(folder) is None


def test_the_token_is_not_in_the_representation(folder: LocalFolder) -> None:
    """A state in a message or traceback shows no secret (rules: no secret in logs)."""
    assert "t0ken" not in repr(state_of(folder))


def test_the_last_boot_is_remembered(folder: LocalFolder) -> None:
    """The boot whose clouds hold what the stacks say (design: after a crash the stacks are rebuilt)."""
    before = read_last_boot(folder)
    write_last_boot(folder, "b00t")

    assert (before, read_last_boot(folder)) == (None, "b00t")


@requirement("local:state-file")
def test_secrets_are_made_once_and_private(folder: LocalFolder) -> None:
    """Each is random, 0600, and survives a second preparation (rules: secret files 0600)."""
    first = [folder.secret(name) for name in SECRETS]
    folder.prepare()

    assert [folder.secret(name) for name in SECRETS] == first
    assert all(len(secret) >= 20 for secret in first) and len(set(first)) == len(SECRETS)
    assert {stat.S_IMODE((folder.path / name).stat().st_mode) for name in SECRETS} == {0o600}


def test_a_folder_of_before_there_was_a_key_gets_one(folder: LocalFolder) -> None:
    """And keeps its other secrets (ours)."""
    passphrase = folder.secret("passphrase")
    for name in ("aws-access-key-id", "aws-secret-access-key"):
        (folder.path / name).unlink()
    folder.prepare()

    assert folder.secret("passphrase") == passphrase
    assert read_keys(folder).access_key_id.startswith("LOCAL")
    assert read_keys(folder).secret_access_key not in repr(read_keys(folder))


def test_a_missing_secret_is_named(folder: LocalFolder) -> None:
    """The message has the file and what to do (issue 3: one clear message)."""
    (folder.path / "passphrase").unlink()
    with pytest.raises(LocalCloudError, match="passphrase") as caught:
        folder.secret("passphrase")

    assert caught.value.remedy == "mcp-okta local up"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in the folder's place (issue 3: what, where, remedy)."""
    (tmp_path / ".local").write_text("")
    with pytest.raises(LocalCloudError, match=r"\.local"):
        LocalFolder.of(tmp_path).prepare()


def test_another_platform_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux is the platform of the local cloud (design)."""
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(LocalCloudError, match="Linux"):
        LocalFolder.of(tmp_path).prepare()

    assert not (tmp_path / ".local").exists()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of the new text or all of the old one (ours: atomically)."""
    path = tmp_path / "file"
    write_private(path, "old")
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="full"):
        write_private(path, "new")

    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def refuse(self: Path, target: Path) -> Path:
    """A rename that fails."""
    raise OSError("full")
