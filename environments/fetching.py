"""Lets the engine fetch one of Pulumi's own plugins where none is found."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from environments.engine import get_engine
from environments.errors import PluginMissing
from environments.plugins import NAMED, Wanted, find_plugin, missing, plugin_cache

PATIENCE_SECONDS = 600
# What the engine says between its attempts, before it sums up that all of them failed.
TELLING = "Error downloading plugin: "


def get_plugin(name: str, environ: Mapping[str, str], report: Callable[[str], None], command: str) -> Path:
    """
    Pulumi's own plugin: found, or else, unless a file was named, fetched by the engine into the user's cache folder.

    Args:
        command: what to type again.

    Raises:
        PluginMissing: it is nowhere, and fetching it fails; the message has each place with its reason.
        EngineMissing: there is no engine, and no way to get one.
    """
    found, tried = find_plugin(name, environ)
    if found:
        return found
    if NAMED in tried:
        raise missing(name, tried, command)
    try:
        fetch(Wanted.of(name), environ, report)
    except PluginMissing as error:
        raise missing(name, {**tried, "fetched by the engine": error.message}, command) from error
    found, tried = find_plugin(name, environ)
    if found is None:
        raise missing(name, tried, command)
    return found


def fetch(wanted: Wanted, environ: Mapping[str, str], report: Callable[[str], None]) -> None:
    """
    Let the engine install the plugin into a home of its own.

    Raises:
        PluginMissing: with the engine's own reason.

    Source: Pulumi CLI, `pulumi plugin install`.
    """
    engine = get_engine(report, environ)
    report(f"fetching Pulumi's own plugin {wanted.name} {wanted.version}")
    home = {"PULUMI_HOME": str(plugin_cache(environ)), "PULUMI_SKIP_UPDATE_CHECK": "1"}
    command = [
        str(engine.path),
        "--non-interactive",
        "plugin",
        "install",
        "resource",
        wanted.name,
        f"v{wanted.version}",
    ]
    try:
        done = subprocess.run(
            command, env={**environ, **home}, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise PluginMissing(f"no end after {PATIENCE_SECONDS} s", "") from error
    if done.returncode:
        raise PluginMissing(_reason(done.stderr + done.stdout), "")


def _reason(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["the engine said nothing"]
    telling = next((line for line in lines if TELLING in line), lines[-1])
    return telling.partition(TELLING)[2] or telling
