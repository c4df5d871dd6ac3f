"""The layout of the plugins: as the engine finds installed ones."""

import os
import stat
import subprocess
from importlib.metadata import version
from pathlib import Path

from local_cloud.pulumi.install import lay_out, lay_out_real
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


@requirement("pulumi:real")
def test_a_real_plugin_lies_where_its_stand_in_was_and_the_rest_are_stand_ins(tmp_path: Path) -> None:
    """In a home of the engine of its own; the folder is a folder, since the engine follows no linked one (issue 4)."""
    lay_out(tmp_path)
    before = contents(tmp_path)
    own = tmp_path / "own/pulumi-resource-okta"
    own.parent.mkdir()
    own.write_bytes(b"\x7fELF\xff")

    home = lay_out_real(tmp_path, {"okta": own})

    assert home == tmp_path / ".local/pulumi-real"
    for name, number in VERSIONS.items():
        folder = home / f"plugins/{name}-v{number}"
        assert folder.is_dir() and not folder.is_symlink()
        assert (folder / f"pulumi-{name}").is_symlink() == (name == "resource-okta")
    assert (home / f"plugins/resource-okta-v{VERSIONS['resource-okta']}/pulumi-resource-okta").resolve() == own
    assert contents(tmp_path / ".local/pulumi") == before


@requirement("pulumi:real")
def test_another_choice_of_plugins_replaces_the_earlier_one(tmp_path: Path) -> None:
    """A link becomes a launcher again, and a link to a file that is gone one to the file that is there (ours)."""
    paths = [tmp_path / "old", tmp_path / "new"]
    for path in paths:
        path.write_bytes(b"\x7fELF\xff")
    for path in paths:
        home = lay_out_real(tmp_path, {"okta": path, "aws": path})
    paths[0].unlink()
    lay_out_real(tmp_path, {"okta": paths[1]})

    (okta,), (aws,) = home.rglob("pulumi-resource-okta"), home.rglob("pulumi-resource-aws")
    assert okta.resolve() == paths[1]
    assert "local_cloud.pulumi.providers.aws" in aws.read_text()
    assert paths[1].read_bytes() == b"\x7fELF\xff"
