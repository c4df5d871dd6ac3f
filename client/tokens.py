"""The tokens of one sign-in, and the folder they are kept in, each file 0600."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from client.errors import StoreUnusable
from client.lock import locked

Notice = Callable[[str], None]


def tell_person(text: str) -> None:
    """Print a notice for the person, away from stdout."""
    print(text, file=sys.stderr)


@dataclass(frozen=True)
class Tokens:
    """One sign-in: the tokens, what they allow, until when, and whom to ask for new ones."""

    issuer: str
    client_id: str
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: float
    scopes: tuple[str, ...]
    metadata: Mapping[str, Any] = field(repr=False)

    def expired(self, now: float, slack_seconds: float = 30) -> bool:
        """Whether the access token has run out, or will before a request is answered."""
        return now + slack_seconds >= self.expires_at

    def as_json(self) -> str:
        """The tokens as one JSON document."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Tokens":
        """
        Read what `as_json` wrote.

        Raises:
            ValueError: not such a document; the text of the error holds nothing of the tokens.
        """
        try:
            values = json.loads(text)
            tokens = cls(**(values | {"scopes": tuple(values["scopes"]), "expires_at": float(values["expires_at"])}))
        except (TypeError, KeyError, ValueError):
            raise ValueError("not a document of tokens") from None
        texts = (tokens.issuer, tokens.client_id, tokens.access_token, tokens.refresh_token or "", *tokens.scopes)
        if not all(isinstance(value, str) for value in texts) or not isinstance(tokens.metadata, dict):
            raise ValueError("not a document of tokens")
        return tokens


class TokenStore(Protocol):
    """Where tokens are kept, by account (`Outputs.account`)."""

    def load(self, account: str) -> Tokens | None:
        """The account's tokens, or None when nobody is signed in."""

    def save(self, account: str, tokens: Tokens) -> None:
        """Keep the tokens in place of the account's old ones."""

    def remove(self, account: str) -> None:
        """Forget the account's tokens; no tokens is no error."""

    def lock(self, account: str) -> AbstractAsyncContextManager[None]:
        """Hold the account against every other process, for as long as a refresh takes."""


class FileTokens:
    """Tokens in a folder, a file per account, readable by its owner only."""

    def __init__(self, folder: Path, notice: Notice = tell_person) -> None:
        self.folder = folder
        self._notice = notice

    def __repr__(self) -> str:
        return f"FileTokens({str(self.folder)!r})"

    def _path(self, account: str) -> Path:
        return self.folder / f"{account}.json"

    def load(self, account: str) -> Tokens | None:
        """
        Read the account's tokens; a broken file is kept aside, and nobody is signed in.

        Raises:
            StoreUnusable: the file is there and cannot be read.
        """
        path = self._path(account)
        try:
            if path.stat().st_mode & 0o077 and os.name == "posix":
                path.chmod(0o600)
            return Tokens.from_json(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            aside = path.with_suffix(".broken")
            os.replace(path, aside)
            self._notice(f"the tokens in {path} are broken; they are kept in {aside.name}, and you are signed out")
            return None
        except OSError as error:
            raise self._unusable(path, error) from error

    def save(self, account: str, tokens: Tokens) -> None:
        """
        Write the tokens so that a reader sees the old ones or the new ones, never half of them.

        Raises:
            StoreUnusable: the folder cannot be written.
        """
        path = self._path(account)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".new")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(tokens.as_json())
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, path)
            except BaseException:
                os.unlink(name)
                raise
        except OSError as error:
            raise self._unusable(path, error) from error

    def remove(self, account: str) -> None:
        """
        Delete the account's tokens, also those kept aside.

        Raises:
            StoreUnusable: a file is there and cannot be deleted.
        """
        path = self._path(account)
        try:
            path.unlink(missing_ok=True)
            path.with_suffix(".broken").unlink(missing_ok=True)
        except OSError as error:
            raise self._unusable(path, error) from error

    def lock(self, account: str) -> AbstractAsyncContextManager[None]:
        """Hold the account through a lock file beside its tokens."""
        return locked(self.folder / f"{account}.lock")

    @staticmethod
    def _unusable(path: Path, error: OSError) -> StoreUnusable:
        return StoreUnusable(f"{path} cannot be used: {error.strerror}", f"chown or delete {path}")
