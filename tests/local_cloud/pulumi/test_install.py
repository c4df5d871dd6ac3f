"""The layout of the plugins: as the engine finds installed ones."""

import os
import stat
import subprocess
from importlib.metadata import version
from pathlib import Path

from local_cloud.pulumi.install import lay_out
from tests.requirements import requirement

VERSIONS = {
    "resource-okta": version("pulumi-okta"),
    "resource-aws": version("pulumi-aws"),
    "language-python": version("pulumi"),
}


@requirement("pulumi:host")
def test_plugins_lie_where_the_engine_finds_installed_ones(tmp_path: Path) -> None:
    """`plugins/KIND-NAME-vVERSION/pulumi-KIND-NAME`, the version being the SDK's (Pulumi, PULUMI_HOME)."""
    lay_out(tmp_path)

    plugins = tmp_path / ".local/pulumi/plugins"
    executables = sorted(str(path.relative_to(plugins)) for path in plugins.rglob("pulumi-*"))
    assert executables == sorted(f"{name}-v{number}/pulumi-{name}" for name, number in VERSIONS.items())
    assert all(os.access(plugins / path, os.X_OK) for path in executables)
    assert stat.S_IMODE((tmp_path / ".local").stat().st_mode) == 0o700


def test_laying_out_again_changes_nothing(tmp_path: Path) -> None:
    """A file that is right is left alone, one that is wrong is written anew, and no other file is left (ours)."""
    lay_out(tmp_path)
    before = contents(tmp_path)
    broken = next(path for path in before if path.name == "pulumi-resource-okta")
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o644)

    lay_out(tmp_path)
    lay_out(tmp_path)

    assert contents(tmp_path) == before


def contents(root: Path) -> dict[Path, tuple[str, int]]:
    """Every file below the folder, with its text and mode."""
    return {path: (path.read_text(), path.stat().st_mode) for path in root.rglob("*") if path.is_file()}


def test_a_launcher_becomes_the_plugin(tmp_path: Path) -> None:
    """The wrapper starts Python in its own place: it says its port, and the signal to it ends the plugin (ours)."""
    root = tmp_path / "with space"
    lay_out(root)
    (launcher,) = root.rglob("pulumi-resource-aws")

    with subprocess.Popen([launcher, "127.0.0.1:1"], stdout=subprocess.PIPE, text=True) as plugin:
        assert plugin.stdout
        port = plugin.stdout.readline()
        plugin.terminate()
        plugin.wait(5)

    assert port.strip().isdigit()
    assert plugin.returncode == 0
