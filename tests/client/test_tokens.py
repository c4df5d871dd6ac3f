"""client/tokens.py, client/keychain.py and client/lock.py: where tokens are kept."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import anyio
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from client import keychain
from client.errors import StoreBusy, StoreUnusable
from client.keychain import KeyringTokens, token_store
from client.lock import locked
from client.tokens import FileTokens, Tokens
from tests.requirements import requirement

TOKENS = Tokens(
    issuer="https://acme.okta.com/oauth2/aus1",
    client_id="0oa1client",
    access_token="AT.secret",
    refresh_token="RT.secret",
    expires_at=1000.0,
    scopes=("mcp:read", "offline_access"),
    metadata={"token_endpoint": "https://acme.okta.com/oauth2/aus1/v1/token"},
)


class MemoryKeyring(KeyringBackend):
    """A keyring in memory."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Read an entry."""
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write an entry."""
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Delete an entry."""
        del self.entries[service, username]


@requirement("client:secret-files")
def test_a_token_file_is_its_owners_alone(tmp_path: Path) -> None:
    """0600 in a folder 0700, and nothing half-written beside it."""
    folder = tmp_path / "new" / "tokens"
    store = FileTokens(folder)
    store.save("prod-1", TOKENS)

    assert store.load("prod-1") == TOKENS
    assert (folder.stat().st_mode & 0o777, (folder / "prod-1.json").stat().st_mode & 0o777) == (0o700, 0o600)
    assert [path.name for path in folder.iterdir()] == ["prod-1.json"]


@requirement("client:secret-files")
def test_a_token_file_that_others_may_read_is_closed(tmp_path: Path) -> None:
    """A copied folder may have lost its modes (ours)."""
    store = FileTokens(tmp_path)
    store.save("prod-1", TOKENS)
    (tmp_path / "prod-1.json").chmod(0o644)

    store.load("prod-1")

    assert (tmp_path / "prod-1.json").stat().st_mode & 0o777 == 0o600


@requirement("client:secret-files")
def test_a_write_that_fails_leaves_the_old_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written beside and moved into place."""
    store = FileTokens(tmp_path)
    store.save("prod-1", TOKENS)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnusable, match="No space left"):
        store.save("prod-1", replace(TOKENS, access_token="AT.new"))

    assert store.load("prod-1") == TOKENS
    assert [path.name for path in tmp_path.iterdir()] == ["prod-1.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        json.dumps({"access_token": "AT.secret"}),
        TOKENS.as_json().replace('"0oa1client"', "7"),
        "\udcff",
    ],
)
def test_a_broken_token_file_is_kept_aside_and_means_signed_out(tmp_path: Path, text: str) -> None:
    """Never a traceback, and nothing of the file in the message (issue 3: bad input)."""
    notices: list[str] = []
    store = FileTokens(tmp_path, notices.append)
    (tmp_path / "prod-1.json").write_bytes(text.encode(errors="surrogateescape"))

    assert store.load("prod-1") is None
    assert store.load("prod-1") is None

    assert len(notices) == 1 and "prod-1.broken" in notices[0] and "secret" not in notices[0]
    store.remove("prod-1")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """One message with the path."""
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreUnusable, match=r"prod-1\.json cannot be used"):
        FileTokens(tmp_path / "file").save("prod-1", TOKENS)


def test_tokens_run_out_a_little_early() -> None:
    """An access token must live until the answer (ours)."""
    assert not TOKENS.expired(now=900)
    assert TOKENS.expired(now=980)
    assert TOKENS.expired(now=2000)


def test_a_keyring_holds_tokens_in_pieces_and_forgets_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows takes 1280 characters per entry; longer tokens, then shorter ones, leave nothing behind."""
    monkeypatch.setattr(keychain, "PIECE_LENGTH", 100)
    backend = MemoryKeyring()
    store = KeyringTokens(backend, tmp_path)
    long = replace(TOKENS, access_token="A" * 1000)

    store.save("prod-1", long)
    assert store.load("prod-1") == long and len(backend.entries) > 10
    store.save("prod-1", TOKENS)
    assert store.load("prod-1") == TOKENS and len(backend.entries) < 10
    store.remove("prod-1")

    assert (store.load("prod-1"), backend.entries) == (None, {})


def test_a_broken_keyring_entry_means_signed_out(tmp_path: Path) -> None:
    """As for files."""
    backend = MemoryKeyring()
    backend.set_password("mcp-okta", "prod-1/0", "{")
    notices: list[str] = []

    assert KeyringTokens(backend, tmp_path, notices.append).load("prod-1") is None
    assert len(notices) == 1


class LockedKeyring(MemoryKeyring):
    """A keyring whose owner is away."""

    def get_password(self, service: str, username: str) -> str | None:
        """Refuse."""
        raise KeyringLocked("locked")


def test_a_keyring_that_locks_itself_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    """It worked when the store was chosen, and not later."""
    store = KeyringTokens(LockedKeyring(), tmp_path)

    with pytest.raises(StoreUnusable, match="locked") as error:
        store.load("prod-1")

    assert "unlock" in error.value.remedy


@pytest.mark.parametrize(
    ("backend", "kind"), [(MemoryKeyring(), KeyringTokens), (NoKeyring(), FileTokens), (LockedKeyring(), FileTokens)]
)
def test_the_keyring_is_used_where_it_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: KeyringBackend, kind: type
) -> None:
    """docs/architecture.md: keyring, else a 0600 file; a folder that is given wins."""
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)

    assert type(token_store(None, {"XDG_STATE_HOME": str(tmp_path)})) is kind
    assert type(token_store(tmp_path, {})) is FileTokens


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    program = (
        f"import fcntl, sys; f = open({str(tmp_path / 'prod-1.lock')!r}, 'w'); fcntl.flock(f, fcntl.LOCK_EX);"
        "print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.mark.anyio
async def test_a_lock_held_elsewhere_is_waited_for_and_then_reported(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    """A bounded wait; a process that dies gives the lock back (flock)."""
    path = tmp_path / "prod-1.lock"
    with pytest.raises(StoreBusy, match=r"prod-1\.lock"):
        async with locked(path, wait_seconds=0.05):
            pass
    holder.kill()

    with anyio.fail_after(5):
        async with locked(path):
            assert path.exists()
