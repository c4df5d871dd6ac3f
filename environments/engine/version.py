"""Which engine this project is made for: the version that `go.mod` pins, and what counts as new enough."""

import os
import re
import subprocess
import tempfile
from functools import cache
from pathlib import Path

MODULE = Path(__file__).resolve().parent
PACKAGE = "github.com/pulumi/pulumi/pkg/v3"
Version = tuple[int, int, int]


@cache
def pinned() -> Version:
    """The engine's version in go.mod."""
    found = re.search(rf"^\s*{re.escape(PACKAGE)} (\S+)", (MODULE / "go.mod").read_text(), re.MULTILINE)
    version = parse_version(found[1]) if found else None
    if version is None:
        raise ValueError(f"go.mod names no version of {PACKAGE}")
    return version


@cache
def needed_go() -> Version:
    """The oldest Go that builds it."""
    found = re.search(r"^go (\S+)", (MODULE / "go.mod").read_text(), re.MULTILINE)
    version = parse_version(found[1]) if found else None
    if version is None:
        raise ValueError("go.mod names no version of Go")
    return version


def parse_version(text: str) -> Version | None:
    """The three numbers in a text like `v3.259.0` or `go1.26`, None when there are none."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def spell(version: Version) -> str:
    """The version as people write it."""
    return ".".join(map(str, version))


def new_enough(version: Version) -> bool:
    """
    Whether that engine will do: of the same major version, and not older than the pinned one.

    Source: ours. The Python SDK and the providers' SDKs are pinned to the same release.
    """
    return version[0] == pinned()[0] and version >= pinned()


def ask_version(program: Path) -> Version | None:
    """
    Run `pulumi version`, leaving no trace in the person's home.

    Returns None when the program does not run or answers something else.
    """
    with tempfile.TemporaryDirectory(prefix="mcp-okta-") as home:
        env = {**os.environ, "PULUMI_HOME": home, "PULUMI_SKIP_UPDATE_CHECK": "1"}
        try:
            done = subprocess.run([program, "version"], env=env, capture_output=True, text=True, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            return None
    return parse_version(done.stdout) if done.returncode == 0 else None
