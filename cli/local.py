"""The local cloud: up, down, status, logs, env."""

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.providers import Choice, local_plugins
from cli.root import find_root

STACK = "local"
Report = Callable[[str], None]
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


def bring_up(root: Path, report: Report) -> None:
    """
    See to it that the local cloud runs and holds what its stacks say.

    Raises:
        LocalCloudError: it cannot run.
        EnvironmentsError: a stack cannot be built again; the next call tries once more.
    """
    from local_cloud.folder import LocalFolder
    from local_cloud.lock import locked
    from local_cloud.state import read_last_boot, write_last_boot
    from local_cloud.supervisor import environment, start

    state = start(root, report)
    folder = LocalFolder.of(root)
    with locked(folder, report, seconds=600):
        if read_last_boot(folder) != state.boot_id:
            rebuild_stacks(root, environment(root), report)
            write_last_boot(folder, state.boot_id)


def rebuild_stacks(root: Path, variables: dict[str, str | None], report: Report) -> None:
    """Build again what the stacks say that the clouds hold; a new local cloud is not what it was."""
    if not any((root / ".local/state/.pulumi/stacks").glob("*/*.json")):
        return
    from environments.lifecycle import rebuild
    from environments.listing import ask_engine
    from environments.progress import Note

    stacks = json.loads(ask_engine(root, "", variables, "stack", "ls", "--json"))
    lost = {stack["name"] for stack in stacks if stack.get("resourceCount")}
    for name in sorted(lost, key=lambda name: (name != STACK, name)):
        report(f"the local clouds were lost; rebuilding stack {name}")
        done = rebuild(root, name, variables, lambda news: report(news.text) if isinstance(news, Note) else None)
        report(f"stack {name} is there again, at {done.outputs.get('url')} ({done.seconds:.0f} s)")


def prepare_engine(root: Path, variables: dict[str, str | None], report: Report) -> None:
    """See to it that plain `pulumi` is our engine, and that it finds the stack `local`."""
    local = root / ".local"
    if (local / "bin/pulumi").exists() and any(local.glob(f"state/.pulumi/stacks/*/{STACK}.json")):
        return
    from environments.workspace import open_workspace

    open_workspace(root, variables, report).create_or_select(STACK)


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
