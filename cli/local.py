"""The local cloud: up, down, status, logs, env."""

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.providers import Choice, local_plugins
from cli.readiness import bring_up, prepare_engine
from cli.root import find_root

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


class Shell(StrEnum):
    """The shells whose words `local env` speaks."""

    SH = "sh"
    FISH = "fish"


def register(app: typer.Typer) -> None:
    """Add `local` and its commands."""
    local = typer.Typer(
        name="local", help="Okta and AWS on this machine, with no account.", no_args_is_help=True, rich_markup_mode=None
    )
    for command in (up, down, status, logs, env):
        local.command()(command)
    app.add_typer(local)


def say(text: str) -> None:
    """Tell the person what happens."""
    typer.echo(text, err=True)


def up() -> None:
    """Start the local cloud, or mend it; what a crash lost is built again."""
    bring_up(find_root(), say)


def down() -> None:
    """Stop the local cloud; nothing of it keeps running. What is deployed is built again by the next `local up`."""
    from local_cloud.supervisor import stop

    stop(find_root(), say)


def status(as_json: AsJson = False) -> None:
    """Show what runs, where, who may sign in, and which environments there are."""
    from local_cloud.supervisor import status as read_status

    found = read_status(find_root())
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        typer.echo("\n".join(describe(found)))


def logs(
    name: Annotated[str | None, typer.Argument(help="The beginning of a log's name: local-cloud, function, …")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Stay, and print what is added.")] = False,
) -> None:
    """Print the logs, each line with the log's name."""
    from cli.logs import follow_logs, print_logs

    folder = find_root() / ".local/logs"
    (follow_logs if follow else print_logs)(folder, name, typer.echo)


def env(shell: Annotated[Shell, typer.Option(help="Whose words to use.")] = Shell.SH, providers: Choice = None) -> None:
    """Print what makes plain `pulumi`, `aws` and `curl` talk to the local cloud: eval "$(mcp-okta local env)"."""
    from cli.shells import fish_lines, sh_lines
    from local_cloud.supervisor import environment

    root = find_root()
    variables = environment(root) | local_plugins(root, providers, say, "mcp-okta local env")
    prepare_engine(root, variables, say)
    typer.echo("\n".join((fish_lines if shell is Shell.FISH else sh_lines)(variables)))


def describe(found: dict[str, Any]) -> list[str]:
    """The status for a person."""
    if not found["running"]:
        return ["the local cloud is not running", "  → mcp-okta local up"]
    people = [f"  {one['name']}  {one['password']}  {', '.join(one['groups']) or 'no group'}" for one in found["users"]]
    stacks = [f"  {one['name']}  {one['url']}" for one in found["stacks"]] or ["  none; deploy one: mcp-okta up"]
    return [
        "the local cloud is running",
        f"Okta  {found['okta_url']}",
        f"AWS   {found['aws_endpoint_url']}",
        "people (name, password, groups):",
        *people,
        "environments:",
        *stacks,
    ]
