"""The language host that runs the program: the official one where it is installed, else ours."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from environments.engine.lookup import Engine

HOST = "pulumi-language-python"
STAND_IN = "local_cloud.pulumi.language_host"


def ensure_language_host(root: Path, engine: Engine, environ: Mapping[str, str]) -> dict[str, str]:
    """
    The environment with a language host on its PATH.

    Source: docs/facts/pulumi.md: a CLI that was built from its module comes without one. Ours is started by the name of
    its module, so that packages still meet in data.
    """
    parts = [part for part in environ.get("PATH", "").split(os.pathsep) if part]
    beside = str(engine.path.resolve().parent)
    if beside not in parts:
        parts.append(beside)
    if shutil.which(HOST, path=os.pathsep.join(parts)) is None and not _installed(environ):
        parts.append(str(write_stand_in(root).parent))
    return {**environ, "PATH": os.pathsep.join(parts)}


def _installed(environ: Mapping[str, str]) -> bool:
    """Whether a host is laid out like an installed plugin, as the local cloud's own is."""
    home = Path(environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    return any(home.glob(f"plugins/language-python-v*/{HOST}"))


def write_stand_in(root: Path) -> Path:
    """Write the launcher of our language host into `.local/bin`."""
    launcher = root / ".local/bin" / HOST
    text = f'#!/bin/sh\nexec "{sys.executable}" -m {STAND_IN} "$@"\n'
    if not launcher.exists() or launcher.read_text() != text:
        launcher.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = launcher.with_name(f".{HOST}.{os.getpid()}")
        temporary.write_text(text)
        temporary.chmod(0o755)
        temporary.replace(launcher)
    return launcher
