"""Lay out the plugins and the language host under `.local/`, as the engine finds installed ones."""

import os
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

# The engine's name of a plugin, the executable in its folder, the SDK that decides its version, what it runs.
PLUGINS = (
    ("language-python", "pulumi-language-python", "pulumi", "local_cloud.pulumi.language_host"),
    ("resource-okta", "pulumi-resource-okta", "pulumi-okta", "local_cloud.pulumi.providers.okta"),
    ("resource-aws", "pulumi-resource-aws", "pulumi-aws", "local_cloud.pulumi.providers.aws"),
)


def lay_out(root: Path) -> None:
    """
    Write the launchers; a plugin's version is the one that its SDK asks for. Safe to repeat, also at the same time.

    The language host is laid out like the others: one that the engine finds on PATH makes it warn with each command,
    while an official one on PATH still goes first.

    Source: Pulumi, plugins of PULUMI_HOME: `plugins/KIND-NAME-vVERSION/pulumi-KIND-NAME`.
    """
    local = root / ".local"
    local.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, executable, package, module in PLUGINS:
        folder = local / f"pulumi/plugins/{name}-v{version(package)}"
        _launcher(folder / executable, module)
        folder.with_name(f"{folder.name}.lock").touch()


def _launcher(path: Path, module: str) -> None:
    """One executable; it replaces itself by Python, so that signals and the parent's id are the plugin's own."""
    text = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {module} "$@"\n'
    if path.is_file() and path.read_text() == text and os.access(path, os.X_OK):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text)
    temporary.chmod(0o755)
    temporary.replace(path)
