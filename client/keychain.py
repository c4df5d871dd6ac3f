"""The system's keyring as a token store, and the choice between it and a file."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from client.errors import StoreUnusable
from client.lock import locked
from client.tokens import FileTokens, Notice, Tokens, TokenStore, tell_person

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "mcp-okta"
# Windows' credential store takes 1280 characters per entry; an Okta access token alone has about 1200.
PIECE_LENGTH = 1000 if sys.platform == "win32" else 100_000


class KeyringTokens:
    """Tokens in the system's keyring, in pieces that every keyring takes; the lock is a file in `folder`."""

    def __init__(self, backend: "KeyringBackend", folder: Path, notice: Notice = tell_person) -> None:
        self._backend = backend
        self._folder = folder
        self._notice = notice

    @contextmanager
    def _told(self) -> Iterator[None]:
        from keyring.errors import KeyringError

        try:
            yield
        except KeyringError as error:
            raise StoreUnusable(f"the keyring cannot be used: {error}", "unlock the keyring, then try again") from error

    def _pieces(self, account: str) -> list[str]:
        pieces: list[str] = []
        while (piece := self._backend.get_password(SERVICE, f"{account}/{len(pieces)}")) is not None:
            pieces.append(piece)
        return pieces

    def load(self, account: str) -> Tokens | None:
        """
        Read the account's tokens; broken ones count as signed out.

        Raises:
            StoreUnusable: the keyring is locked, or gone.
        """
        with self._told():
            pieces = self._pieces(account)
        try:
            return Tokens.from_json("".join(pieces)) if pieces else None
        except ValueError:
            self._notice(f"the tokens of {account} in the keyring are broken; you are signed out")
            return None

    def save(self, account: str, tokens: Tokens) -> None:
        """Write the tokens, then drop what is left of longer ones."""
        text = tokens.as_json()
        pieces = [text[start : start + PIECE_LENGTH] for start in range(0, len(text), PIECE_LENGTH)]
        with self._told():
            for number, piece in enumerate(pieces):
                self._backend.set_password(SERVICE, f"{account}/{number}", piece)
            self._drop(account, len(pieces))

    def remove(self, account: str) -> None:
        """Delete the account's tokens."""
        with self._told():
            self._drop(account, 0)

    def _drop(self, account: str, first: int) -> None:
        for number in reversed(range(first, max(first, len(self._pieces(account))))):
            self._backend.delete_password(SERVICE, f"{account}/{number}")

    def lock(self, account: str) -> AbstractAsyncContextManager[None]:
        """Hold the account through a lock file in the user's folder."""
        return locked(self._folder / f"{account}.lock")


def user_folder(environ: Mapping[str, str], home: Path) -> Path:
    """Where this program keeps files of one user (XDG Base Directory; %LOCALAPPDATA% on Windows)."""
    base = environ.get("LOCALAPPDATA") if sys.platform == "win32" else environ.get("XDG_STATE_HOME")
    return (Path(base) if base else home / ".local" / "state") / "mcp-okta"


def working_keyring() -> "KeyringBackend | None":
    """The system's keyring, if one answers: without a desktop there is often none."""
    import keyring
    from keyring.backends.fail import Keyring as NoKeyring
    from keyring.backends.null import Keyring as SwitchedOff
    from keyring.errors import KeyringError

    backend = keyring.get_keyring()
    if isinstance(backend, (NoKeyring, SwitchedOff)):
        return None
    with suppress(KeyringError):
        backend.get_password(SERVICE, "probe")
        return backend
    return None


def token_store(folder: Path | None, environ: Mapping[str, str], notice: Notice = tell_person) -> TokenStore:
    """Choose the store: the given folder, else the keyring, else a folder in the user's home."""
    if folder is not None:
        return FileTokens(folder, notice)
    fallback = user_folder(environ, Path.home())
    backend = working_keyring()
    return FileTokens(fallback, notice) if backend is None else KeyringTokens(backend, fallback, notice)
