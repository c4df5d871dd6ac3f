"""What happens to an environment: up, preview, outputs, down, env list."""

import contextlib
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.deploy_question import NobodyToAsk, Question, known, say, warn
from cli.outputs import Target, Variables, local_state, reach, read_stack, state_variables, target_of, variables_for
from cli.providers import Choice, plugin_variables

if TYPE_CHECKING:
    from environments.lifecycle import Branch, Result

Stack = Annotated[str | None, typer.Option("--stack", help="The stack; with --branch, the one beside which it is.")]
BranchRef = Annotated[str | None, typer.Option("--branch", help="The git branch whose environment it is.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
__all__ = ["NobodyToAsk", "register"]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


def register(app: typer.Typer) -> None:
    """Add the commands; what they need is imported when they run."""
    for command in (up, preview, outputs, down):
        app.command()(command)
    environments = typer.Typer(
        name="env", help="The branches' environments.", no_args_is_help=True, rich_markup_mode=None
    )
    environments.command("list")(list_all)
    app.add_typer(environments)


def up(
    stack: Stack = None, branch: BranchRef = None, yes: Yes = False, as_json: AsJson = False, providers: Choice = None
) -> None:
    """Create or update an environment; without options the stack `local`, on this machine."""
    from cli.progress import shown
    from environments import lifecycle

    target = target_of(stack, branch)
    plugins = plugin_variables(target, providers, say, f"mcp-okta up{target.options}")
    variables = reach(target, say) | plugins
    warn(target, variables)
    question = Question(target, variables, "create or update", yes)
    question.ask(lambda: changes(question))
    with shown(f"up {target.stack}") as on_progress:
        result = lifecycle.up(target.root, target.stack, variables, on_progress, branch_of(target))
    summarize(target, result)
    if as_json:
        typer.echo(json.dumps(dict(result.outputs), indent=2))


def preview(stack: Stack = None, branch: BranchRef = None, providers: Choice = None) -> None:
    """Show what `up` would do."""
    from cli.progress import counted, shown
    from environments import lifecycle

    target = target_of(stack, branch)
    plugins = plugin_variables(target, providers, say, f"mcp-okta preview{target.options}")
    variables = reach(target, say) | plugins
    warn(target, variables)
    with shown(f"preview {target.stack}", plan=True) as on_progress:
        result = lifecycle.preview(target.root, target.stack, variables, on_progress, branch_of(target))
    if result.changed:
        say(f"{target.stack} would be: {counted(result.changes)} ({result.seconds:.1f} s)")
        say(f"  → mcp-okta up{target.options}")
    else:
        say(f"{target.stack}: no changes ({result.seconds:.1f} s)")


def outputs(stack: Stack = None, branch: BranchRef = None, as_json: AsJson = False) -> None:
    """Show what an environment says of itself: its URL, issuer, client id and so on."""
    found = read_stack(target_of(stack, branch))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        typer.echo(f"{name}: {value if isinstance(value, str) else json.dumps(value)}")


def down(stack: Stack = None, branch: BranchRef = None, yes: Yes = False, providers: Choice = None) -> None:
    """Delete an environment without a trace."""
    from cli.progress import counted, shown
    from environments import lifecycle

    target = target_of(stack, branch)
    if not is_there(target):
        say(f"nothing to do: {target.stack} is not deployed")
        return
    plugins = plugin_variables(target, providers, say, f"mcp-okta down{target.options}")
    reached, lost = reach_to_delete(target)
    variables = reached | plugins
    Question(target, variables, "delete everything of", yes).ask()
    sign_in = last_outputs(target)
    with shown(f"down {target.stack}") as on_progress:
        result = lifecycle.down(target.root, target.stack, variables, on_progress, branch_of(target), refresh=lost)
    if not result.changes:
        say(f"nothing to do: {target.stack} is not deployed")
        return
    forget_tokens(target, sign_in)
    say(f"{target.stack} is gone: {counted(result.changes)} in {result.seconds:.1f} s")
    if target.on_local_cloud:
        say("the local cloud is still running; stop it with: mcp-okta local down")


def changes(question: Question) -> None:
    """Before an `up` on real accounts: who would lose access, and what the plan would delete or replace."""
    from environments import losses

    target = question.target
    if not is_there(target):
        return
    config, _ = known(target, question.variables)
    lost = losses.lost_access(config, last_outputs(target))
    for text in [*lost, *(plan_of(question) if question.wanted else [])]:
        say(f"look out: {text}")
    if lost:
        say(f"  (deployed by somebody with other settings? compare Pulumi.{target.stack}.yaml with theirs first)")


def plan_of(question: Question) -> list[str]:
    """What a preview would delete or replace that cannot be made again."""
    from environments import lifecycle
    from environments.losses import Plan

    plan, target = Plan(), question.target
    say("looking at what would change")
    lifecycle.preview(target.root, target.stack, question.variables, plan, branch_of(target))
    return list(plan.dangers.values())


def last_outputs(target: Target) -> dict[str, Any]:
    """What the environment says of itself while it is there; nothing where it never came to be."""
    from environments.errors import EnvironmentsError

    try:
        return read_stack(target)
    except EnvironmentsError:
        return {}


def forget_tokens(target: Target, found: dict[str, Any]) -> None:
    """Drop this machine's sign-in of an environment that is gone: its tokens open nothing any more."""
    import os

    from client.errors import ClientError
    from client.keychain import token_store
    from client.outputs import Outputs

    folder = target.root / ".local/tokens" if target.on_local_cloud else None
    with contextlib.suppress(ClientError):  # what was never complete was never signed in to
        token_store(folder, os.environ).remove(Outputs.from_mapping(found).account)


def list_all(as_json: AsJson = False) -> None:
    """List the branches' environments, on the local cloud and on the accounts that Pulumi knows here."""
    found = [item for variables in known_backends() for item in list_of(variables) if item["branch"]]
    if as_json:
        typer.echo(json.dumps({"environments": found}, indent=2))
        return
    if not found:
        say("no branch has an environment; make one with: mcp-okta up --branch BRANCH")
    for item in found:
        typer.echo(f"{item['name']}  {item['branch']}  {item['url'] or '-'}  {item['updated']}")


def branch_of(target: Target) -> "Branch | None":
    """The branch as the environments know it."""
    from environments.lifecycle import Branch

    return Branch(target.branch, target.base) if target.branch else None


def summarize(target: Target, result: "Result") -> None:
    """What was done, where it is, and what to type next."""
    from cli.progress import counted

    what = counted(result.changes) if result.changed else "no changes"
    say(f"{target.stack} is up: {what} in {result.seconds:.1f} s")
    for name in ("url", "client_id"):
        if name in result.outputs:
            say(f"  {name}: {result.outputs[name]}")
    say(f"  → mcp-okta call whoami{target.options}")


def is_there(target: Target) -> bool:
    """Whether the engine knows the stack."""
    from environments.listing import stack_exists

    if target.on_local_cloud and not (target.root / ".local/state/.pulumi").exists():
        return False
    return stack_exists(target.root, target.stack, state_variables(target))


def reach_to_delete(target: Target) -> tuple[Variables, bool]:
    """
    How to reach what is to be deleted, and whether the clouds lost it: then nothing is rebuilt only to go away.

    Raises:
        LocalCloudError: the local cloud cannot run.
    """
    if not target.on_local_cloud:
        return {}, False
    from local_cloud.folder import LocalFolder
    from local_cloud.state import read_last_boot
    from local_cloud.supervisor import start

    state = start(target.root, quiet)
    return variables_for(target), read_last_boot(LocalFolder.of(target.root)) != state.boot_id


def quiet(text: str) -> None:
    """Say nothing."""


def known_backends() -> list[Variables]:
    """The local cloud's state, and the person's own backend where they have one."""
    import os
    from pathlib import Path

    from cli.root import find_root

    root = find_root()
    local = local_state(root)
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    here = os.environ.get("PULUMI_BACKEND_URL")
    chosen = here or os.environ.get("PULUMI_ACCESS_TOKEN") or (home / "credentials.json").exists()
    known: list[Variables] = [local] if (root / ".local/state/.pulumi").exists() else []
    return known + ([{}] if chosen and here != local["PULUMI_BACKEND_URL"] else [])


def list_of(variables: Variables) -> list[dict[str, Any]]:
    """The environments of one backend."""
    from cli.root import find_root
    from environments.listing import list_environments

    return list_environments(find_root(), variables)
