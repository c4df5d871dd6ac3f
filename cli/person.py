"""What a person does with a deployed server: login, whoami, tools, call, logout."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.target import Branch, Key, NoBrowser, OutputsFile, Service, Stack, Target

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


async def call(
    target: Target, tool: str, words: list[str], service: str | None = None, key: Path | None = None
) -> dict[str, Any]:
    """Call the tool with the words read by its input schema; list the tools first, to know it."""
    from client.arguments import parse_arguments
    from client.errors import WrongArguments

    async with target.session(service, key) as session:
        schemas = {listed.name: listed.input_schema for listed in await session.list_tools()}
        if tool not in schemas:
            raise WrongArguments(
                f"the server has no tool {tool!r}; it has {', '.join(sorted(schemas))}", "mcp-okta tools"
            )
        return await session.call_tool(tool, parse_arguments(tool, schemas[tool], words))


def show(result: dict[str, Any], as_json: bool) -> None:
    """Print a tool's result: as it is, or a line per field."""
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    elif set(result) == {"result"}:
        typer.echo(result["result"] if isinstance(result["result"], str) else json.dumps(result["result"]))
    else:
        for name, value in result.items():
            typer.echo(f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")


def login(
    stack: Stack = None,
    branch: Branch = None,
    outputs: OutputsFile = None,
    no_browser: NoBrowser = False,
    device: Annotated[bool, typer.Option("--device", help="Show a code to enter in a browser on any device.")] = False,
    scope: Annotated[list[str] | None, typer.Option("--scope", help="Ask for this scope as well; repeatable.")] = None,
) -> None:
    """Sign in with Okta: in the browser of this machine, or with a code on another device."""
    from client.sign_in import sign_in, sign_in_by_device

    target = Target(stack, branch, outputs, no_browser)
    if device:
        tokens = target.run(lambda: sign_in_by_device(target.outputs, target.tokens, scope or ()))
    else:
        tokens = target.run(lambda: sign_in(target.outputs, target.tokens, target.browser, scope or ()))
    target.say_who(tokens)


def whoami(
    stack: Stack = None,
    branch: Branch = None,
    outputs: OutputsFile = None,
    no_browser: NoBrowser = False,
    service: Service = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Say who the server takes you for, and what you may do."""
    target = Target(stack, branch, outputs, no_browser)
    show(target.run(lambda: call(target, "whoami", [], service, key)), as_json)


def tools(
    stack: Stack = None,
    branch: Branch = None,
    outputs: OutputsFile = None,
    no_browser: NoBrowser = False,
    service: Service = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """List the server's tools."""
    from client.arguments import usage

    target = Target(stack, branch, outputs, no_browser)

    async def list_tools() -> list[Any]:
        async with target.session(service, key) as session:
            return await session.list_tools()

    listed = target.run(list_tools)
    if as_json:
        documents = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in listed]
        typer.echo(json.dumps({"tools": documents}, ensure_ascii=False))
        return
    for tool in listed:
        typer.echo(usage(tool.name, tool.input_schema))
        typer.echo(f"    {(tool.description or 'no description').strip().splitlines()[0]}")
        missing = (tool.meta or {}).get("mcp-okta/missing-scopes")
        if missing:
            typer.echo(f"    takes {' '.join(missing)}, which you will be asked for")


def call_tool(
    tool: Annotated[str, typer.Argument(help="The tool's name.")],
    words: Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Its arguments.")] = None,
    stack: Stack = None,
    branch: Branch = None,
    outputs: OutputsFile = None,
    no_browser: NoBrowser = False,
    service: Service = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Call a tool; sign in or ask for more scope if it takes that."""
    target = Target(stack, branch, outputs, no_browser)
    show(target.run(lambda: call(target, tool, words or [], service, key)), as_json)


def logout(stack: Stack = None, branch: Branch = None, outputs: OutputsFile = None) -> None:
    """Revoke the tokens at Okta and forget them."""
    from client.sign_in import sign_out

    target = Target(stack, branch, outputs)
    signed_out = target.run(lambda: sign_out(target.outputs, target.tokens))
    typer.echo(f"{'signed out of' if signed_out else 'nobody was signed in to'} {target.outputs.url}", err=True)


def service_key(
    name: Annotated[str, typer.Argument(help="The service's name in the stack's `services`.")],
    out: Annotated[Path | None, typer.Option("--out", help="The private key's file; NAME.pem by default.")] = None,
    scope: Annotated[list[str] | None, typer.Option("--scope", help="A scope of the service; repeatable.")] = None,
    stack: Annotated[str | None, typer.Option("--stack", help="The stack whose `services` get the key.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a pair of keys for a service: the private one in a file, the public one for the configuration."""
    from cli import services
    from client.keys import make_key

    path = out or Path(f"{name}.pem")
    stack, others = services.services_of(stack)
    together = services.with_key(others, name, make_key(path), scope)
    if as_json:
        typer.echo(json.dumps({"private_key": str(path), "services": together}))
        return
    typer.echo(f"the private key is in {path}: keep it where the service runs, and nowhere else", err=True)
    typer.echo(services.setting(stack, together))


def register(app: typer.Typer) -> None:
    """Add the person's commands; what they need is imported when they run."""
    for command in (login, whoami, tools, logout):
        app.command()(command)
    app.command("call")(call_tool)
    app.command("service-key")(service_key)
