"""Lay out the plugins and the language host under `.local/`, as the engine finds installed ones."""

import os
import shlex
import sys
from collections.abc import Mapping
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
    _fill(root / ".local", "pulumi", {})


def lay_out_real(root: Path, real: Mapping[str, Path]) -> Path:
    """
    Lay out another home of the engine, in which the named resource plugins are Pulumi's own; return it.

    Args:
        real: the plugin's program by its name, `okta` or `aws`; what is not named is a stand-in there too.
    """
    return _fill(root / ".local", "pulumi-real", {f"resource-{name}": path for name, path in real.items()})


def _fill(local: Path, home: str, real: Mapping[str, Path]) -> Path:
    local.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, executable, package, module in PLUGINS:
        folder = local / home / f"plugins/{name}-v{version(package)}"
        if name in real:
            _link(folder / executable, real[name].resolve())
        else:
            _launcher(folder / executable, module)
        folder.with_name(f"{folder.name}.lock").touch()
    return local / home


def _link(path: Path, target: Path) -> None:
    """The program under the engine's own name for it: the engine looks for folders, and a linked one is none to it."""
    if path.is_symlink() and path.readlink() == target:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.symlink_to(target)
    temporary.replace(path)


def _launcher(path: Path, module: str) -> None:
    """One executable; it replaces itself by Python, so that signals and the parent's id are the plugin's own."""
    text = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {module} "$@"\n'
    if not path.is_symlink() and path.is_file() and path.read_text() == text and os.access(path, os.X_OK):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text)
    temporary.chmod(0o755)
    temporary.replace(path)
