"""Where the local cloud keeps its files: `.local/` in the repository root, for its owner's eyes only."""

import contextlib
import os
import secrets
import string
import sys
from dataclasses import dataclass
from pathlib import Path

from local_cloud.errors import LocalCloudError

PASSPHRASE, OKTA_TOKEN = "passphrase", "okta-api-token"
AWS_KEY_ID, AWS_KEY_SECRET = "aws-access-key-id", "aws-secret-access-key"
_LETTERS = string.ascii_uppercase + "234567"
INSIDE = ("pulumi", "bin", "state", "logs", "bundle", "tokens")


@dataclass(frozen=True)
class LocalFolder:
    """
    The paths of one local cloud.

    Args:
        root: the repository root, resolved: processes are recognised by it.
    """

    root: Path

    @classmethod
    def of(cls, root: Path) -> "LocalFolder":
        """The folder of a repository root, however that is spelled."""
        return cls(root.resolve())

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.root / ".local"

    @property
    def state_file(self) -> Path:
        """What runs: process, addresses, token."""
        return self.path / "cloud.json"

    @property
    def log(self) -> Path:
        """The daemon's own log, where a start that failed leaves its reason."""
        return self.path / "logs" / "local-cloud.log"

    def prepare(self) -> None:
        """
        Make the folders and the secrets that outlive a restart.

        Raises:
            LocalCloudError: this is not Linux, or the folder cannot be written.
        """
        if sys.platform != "linux":
            raise LocalCloudError(
                f"the local cloud runs on Linux, and this is {sys.platform}",
                remedy="run it on Linux, or use real accounts: mcp-okta up --stack NAME",
            )
        try:
            self._make()
        except OSError as error:
            raise LocalCloudError(
                f"{self.path} cannot be written: {error.strerror}", remedy=f"make {self.path} yours"
            ) from error

    def _make(self) -> None:
        for folder in (self.path, *(self.path / name for name in INSIDE)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        for name in (PASSPHRASE, OKTA_TOKEN, AWS_KEY_ID, AWS_KEY_SECRET):
            if not (self.path / name).exists():
                write_private(self.path / name, _access_key_id() if name == AWS_KEY_ID else secrets.token_urlsafe(32))

    def secret(self, name: str) -> str:
        """
        Read the passphrase, the API token of the local Okta, or a part of the access key of the local AWS.

        Raises:
            LocalCloudError: the file is not there or cannot be read.
        """
        try:
            return (self.path / name).read_text().strip()
        except OSError as error:
            raise LocalCloudError(
                f"{self.path / name} cannot be read: {error.strerror}", remedy="mcp-okta local up"
            ) from error


def _access_key_id() -> str:
    """One that does not look like a real account's, to people and to programs that look for leaked keys."""
    return "LOCAL" + "".join(secrets.choice(_LETTERS) for _ in range(15))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, all of it or nothing of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        temporary.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
