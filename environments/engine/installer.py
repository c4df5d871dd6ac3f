"""Gets the engine with Pulumi's own installer."""

import os
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from environments.engine.version import Version, spell

INSTALLER = "https://get.pulumi.com/install.sh"
PATIENCE_SECONDS = 10


class NotInstalled(Exception):
    """The installer could not be used; the text says why."""


def check_network() -> None:
    """
    Ask for the installer's address first, since the SDK's own request has no time limit.

    Raises:
        NotInstalled: nobody answers.
    """
    try:
        request = urllib.request.Request(INSTALLER, method="HEAD")
        urllib.request.urlopen(request, timeout=PATIENCE_SECONDS).close()  # noqa: S310 - a constant https address
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise NotInstalled(f"{INSTALLER} cannot be reached ({reason})") from error


def install(version: Version, folder: Path) -> None:
    """
    Install that version so that `folder/bin/pulumi` is the engine; all of it or nothing of it.

    Raises:
        NotInstalled: no network, or the installer failed.

    Source: pulumi.automation.PulumiCommand.install runs the official installer.
    """
    check_network()
    from pulumi.automation import PulumiCommand
    from semver import VersionInfo

    with tempfile.TemporaryDirectory(prefix=".installing-", dir=folder.parent) as temporary:
        root = Path(temporary) / "root"
        try:
            PulumiCommand.install(root=str(root), version=VersionInfo(*version))
        except subprocess.CalledProcessError as error:
            raise NotInstalled(f"the installer ended with {error.returncode}: {_last_line(error.output)}") from error
        except (OSError, urllib.error.URLError) as error:
            raise NotInstalled(f"Pulumi {spell(version)} could not be downloaded ({error})") from error
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(root, folder)


def _last_line(output: bytes | str | None) -> str:
    text = output.decode(errors="replace") if isinstance(output, bytes) else output or ""
    return (text.strip().splitlines() or ["it said nothing"])[-1]
