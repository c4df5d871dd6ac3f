"""Pulumi's own resource plugins: where one may be, how it is told from a stand-in, and how the engine fetches it."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from environments.accounts import is_loopback
from environments.engine.lookup import cache_folder
from environments.errors import PluginMissing, WrongCloud

# The setting that names the file itself, for a plugin that was built by hand.
NAMED = "MCP_OKTA_REAL_PLUGIN"
# What a launcher of the local cloud's stand-ins starts; packages meet in data, so it is a name and no import.
STAND_IN = b"local_cloud.pulumi.providers"
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Wanted:
    """A plugin in the one version that its SDK asks for."""

    name: str
    version: str

    @classmethod
    def of(cls, name: str) -> "Wanted":
        """The plugin of the installed SDK."""
        return cls(name, version(f"pulumi-{name}"))

    @property
    def executable(self) -> str:
        """What its program is called."""
        return f"pulumi-resource-{self.name}"

    def below(self, home: Path) -> Path:
        """Where the engine finds it in one of its homes (Pulumi, PULUMI_HOME)."""
        return home / "plugins" / f"resource-{self.name}-v{self.version}" / self.executable


def find_plugin(name: str, environ: Mapping[str, str] = os.environ) -> tuple[Path | None, dict[str, str]]:
    """Pulumi's own plugin, or None and for each place the reason; where a file is named, no other place counts."""
    wanted, tried = Wanted.of(name), {}
    for place, path in _places(wanted, environ):
        why_not = refusal(wanted, path, environ)
        if not why_not:
            return path, {}
        tried[place] = why_not
    return None, tried


def refusal(wanted: Wanted, path: Path, environ: Mapping[str, str]) -> str:
    """Why that file is not the plugin; empty where it is."""
    if not path.is_file() or not os.access(path, os.X_OK):
        return "no such program there"
    if is_stand_in(path):
        return f"{path} is the local cloud's stand-in"
    said = ask_version(path, environ)
    return "" if said == wanted.version else f"{path} says it is {said or 'no plugin'}, not {wanted.version}"


def is_stand_in(path: Path) -> bool:
    """Whether the program is a launcher of the local cloud's own plugins."""
    try:
        with path.open("rb") as file:
            return STAND_IN in file.read(4096)
    except OSError:
        return False


def ask_version(path: Path, environ: Mapping[str, str]) -> str:
    """
    The version that the program says it is; empty where it says none.

    Source: pulumi-terraform-bridge, the flags of a plugin's main function: `-version` prints it and ends.
    """
    try:
        done = subprocess.run(
            [path, "-version"], env=dict(environ), capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return done.stdout.strip().removeprefix("v") if done.returncode == 0 else ""


def plugin_cache(environ: Mapping[str, str]) -> Path:
    """The engine's home for what it fetches on our behalf; the person's own is left alone."""
    return cache_folder(environ).parent.parent / "pulumi"


def missing(name: str, tried: Mapping[str, str], command: str) -> PluginMissing:
    """One message: what was looked for, where, and why it was not it."""
    wanted = Wanted.of(name)
    listed = "\n".join(f"  - {place}: {reason}" for place, reason in tried.items())
    named = f"unset {NAMED}, or name the right file" if NAMED in tried else ""
    return PluginMissing(
        f"Pulumi's own plugin {wanted.executable} {wanted.version} is not to be had:\n{listed}",
        f"{named or f'with network: pulumi plugin install resource {name} v{wanted.version}'}; then: {command}",
    )


def refuse_stand_ins(environ: Mapping[str, str]) -> None:
    """
    Stop where the engine would use a stand-in and the clouds are not this machine's.

    Raises:
        WrongCloud: names the plugin, and what leads to it.
    """
    wrong = list(_elsewhere(environ))
    found = next(_stand_ins(environ), None) if wrong else None
    if found:
        raise WrongCloud(
            f"{found} is the local cloud's stand-in for Pulumi's plugin, and {' and '.join(wrong)}",
            "unset PULUMI_HOME in this shell (`mcp-okta local env` set it), then run the same command again",
        )


def _places(wanted: Wanted, environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    if environ.get(NAMED) and wanted.name == "okta":
        yield NAMED, Path(environ[NAMED])
        return
    for home in _homes(environ):
        yield str(home / "plugins"), wanted.below(home)
    on_path = shutil.which(wanted.executable, path=environ.get("PATH", os.defpath))
    yield "on PATH", Path(on_path or wanted.executable)
    yield str(plugin_cache(environ) / "plugins"), wanted.below(plugin_cache(environ))


def _homes(environ: Mapping[str, str]) -> list[Path]:
    """The person's own homes of the engine; after `mcp-okta local env` the first is the local cloud's."""
    own = Path(environ.get("HOME") or Path.home()) / ".pulumi"
    return list(dict.fromkeys([Path(environ.get("PULUMI_HOME") or own), own]))


def _stand_ins(environ: Mapping[str, str]) -> Iterator[Path]:
    """The stand-ins that the engine would find: on PATH it looks first."""
    for name in ("okta", "aws"):
        on_path = shutil.which(f"pulumi-resource-{name}", path=environ.get("PATH", os.defpath))
        laid_out = _homes(environ)[0].glob(f"plugins/resource-{name}-v*/pulumi-resource-{name}")
        yield from (path for path in [*([Path(on_path)] if on_path else []), *laid_out] if is_stand_in(path))


def _elsewhere(environ: Mapping[str, str]) -> Iterator[str]:
    if not is_loopback(environ.get("OKTA_HTTP_PROXY", "")):
        yield "Okta is not on this machine (OKTA_HTTP_PROXY)"
    if not is_loopback(environ.get("AWS_ENDPOINT_URL", "")):
        yield "AWS is not on this machine (AWS_ENDPOINT_URL)"
