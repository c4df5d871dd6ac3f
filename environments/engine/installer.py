"""Gets the engine with Pulumi's own installer."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from environments.engine.version import Version, spell

INSTALLER = "https://get.pulumi.com/install.sh"
PATIENCE_SECONDS = 10
INSTALLATION_SECONDS = 600
# The SDK's own call, in a process that can be ended: it downloads without a limit, and starts a shell that does.
INSTALLATION = (
    "import sys; from pulumi.automation import PulumiCommand; from semver import VersionInfo; "
    "PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))"
)


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
        NotInstalled: no network, or the installer failed, or took too long.

    Source: pulumi.automation.PulumiCommand.install runs the official installer.
    """
    check_network()
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=folder.parent) as temporary:
        root = Path(temporary) / "root"
        try:
            run_bounded([sys.executable, "-c", INSTALLATION, str(root), spell(version)], INSTALLATION_SECONDS)
            shutil.rmtree(folder, ignore_errors=True)
            os.replace(root, folder)
        except OSError as error:
            raise NotInstalled(f"Pulumi {spell(version)} could not be downloaded ({error})") from error


def run_bounded(command: list[str], seconds: float) -> None:
    """
    Run the command to its end, or end it and all that it started.

    Raises:
        NotInstalled: it failed, or took too long.
    """
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise NotInstalled(f"no end of the installer after {seconds:g} s") from error
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        raise NotInstalled(f"the installer ended with {process.returncode}: {_last_line(said)}")


def _last_line(output: bytes | str | None) -> str:
    text = output.decode(errors="replace") if isinstance(output, bytes) else output or ""
    return (text.strip().splitlines() or ["it said nothing"])[-1]
