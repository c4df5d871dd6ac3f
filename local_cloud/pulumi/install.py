"""Lay out the plugins and the language host under `.local/`, as the engine finds installed ones."""

import sys
from importlib.metadata import version
from pathlib import Path

PLUGINS = {"okta": "pulumi-okta", "aws": "pulumi-aws"}


def lay_out(root: Path) -> None:
    """Write the launchers; a plugin's version is the one that the SDK asks for. Safe to repeat."""
    local = root / ".local"
    _launcher(local / "bin/pulumi-language-python", "local_cloud.pulumi.language_host")
    for name, package in PLUGINS.items():
        folder = local / f"pulumi/plugins/resource-{name}-v{version(package)}"
        _launcher(folder / f"pulumi-resource-{name}", f"local_cloud.pulumi.providers.{name}")
        folder.with_name(f"{folder.name}.lock").touch()


def _launcher(path: Path, module: str) -> None:
    text = f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n'
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_text(text)
    temporary.chmod(0o755)
    temporary.replace(path)
