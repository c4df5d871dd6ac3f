"""Who plays Pulumi's resource plugins on the local cloud: its stand-ins, or Pulumi's own."""

import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import CliError
from cli.outputs import Target, Variables


class Providers(StrEnum):
    """The plugins that may be chosen."""

    LOCAL = "local"
    REAL = "real"
    REAL_AWS = "real-aws"


Choice = Annotated[
    Providers | None,
    typer.Option(
        "--providers",
        envvar="MCP_OKTA_PROVIDERS",
        help="Whose plugins work on the local cloud: its own stand-ins (local, the default), Pulumi's own for Okta "
        "(real), or Pulumi's own for AWS too, which is untried (real-aws). On real accounts Pulumi's own always do.",
    ),
]
REAL = {Providers.REAL: ("okta",), Providers.REAL_AWS: ("okta", "aws")}
UNTRIED = "Pulumi's own AWS plugin has never been tried against the local cloud; what it needs may be missing there"


class StandInsRefused(CliError):
    """The local cloud's plugins were asked for where real accounts are."""

    exit_code = 2


def plugin_variables(target: Target, choice: Providers | None, report: Callable[[str], None], again: str) -> Variables:
    """
    What to set so that the engine finds the chosen plugins; nothing on real accounts.

    Args:
        again: the command to type again.

    Raises:
        StandInsRefused: stand-ins on real accounts.
        PluginMissing: Pulumi's own plugin is nowhere, and cannot be fetched.
    """
    if target.on_local_cloud:
        return local_plugins(target.root, choice, report, again)
    if choice is Providers.LOCAL:
        raise StandInsRefused(
            f"{target.stack} is on real accounts, and the plugins of the local cloud know only that",
            f"{again} without --providers local (and without MCP_OKTA_PROVIDERS)",
        )
    return {}


def local_plugins(root: Path, choice: Providers | None, report: Callable[[str], None], again: str) -> Variables:
    """
    The engine's home with the chosen plugins in it; nothing where the local cloud's own home is meant.

    Raises:
        PluginMissing: Pulumi's own plugin is nowhere, and cannot be fetched.
    """
    names = REAL.get(choice, ()) if choice else ()
    if not names:
        return {}
    from environments.fetching import get_plugin
    from local_cloud.pulumi.install import lay_out_real

    found = {name: get_plugin(name, os.environ, report, again) for name in names}
    for name, path in found.items():
        report(f"Pulumi's own {name} plugin: {path}")
    if "aws" in found:
        report(UNTRIED)
    return {"PULUMI_HOME": str(lay_out_real(root, found))}
