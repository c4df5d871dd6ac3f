"""What a person does with a deployed server: login, whoami, tools, call, logout."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from client.browser import Browser
    from client.tokens import TokenStore

Stack = Annotated[str | None, typer.Option("--stack", help="The environment: a stack's name.")]
Branch = Annotated[str | None, typer.Option("--branch", help="The environment: a git branch.")]
OutputsFile = Annotated[Path | None, typer.Option("--outputs", help="The environment: a file of stack outputs.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the sign-in address instead of opening it.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


class Target:
    """The environment that the options name: its outputs, its tokens, and a way to show a sign-in page."""

    def __init__(
        self, stack: str | None, branch: str | None, outputs_file: Path | None, no_browser: bool = False
    ) -> None:
        """
        Look the environment up.

        Raises:
            ClientError: its outputs cannot be used; a subclass says which.
        """
        import os

        from cli.outputs import outputs_for
        from client.browser import attended, default_browser, print_url
        from client.keychain import token_store
        from client.outputs import Outputs

        values, folder = outputs_for(stack, branch, outputs_file)
        self.outputs = Outputs.from_mapping(values, *self._origin(stack, branch, outputs_file))
        self.tokens: TokenStore = token_store(folder, os.environ)
        self.browser: Browser | None = print_url if no_browser else default_browser(os.environ, attended())
        self._options = [("--stack", stack), ("--branch", branch), ("--outputs", outputs_file)]

    @staticmethod
    def _origin(stack: str | None, branch: str | None, outputs_file: Path | None) -> tuple[str, dict[str, str]]:
        """Where the outputs come from, and how that place calls them, for a message about what is wrong in them."""
        from cli.outputs import LOCAL, settings_without_pulumi
        from client.outputs import ENVIRONMENT

        if outputs_file is not None:
            return str(outputs_file), {}
        if stack is None and branch is None and settings_without_pulumi():
            return "the environment and .env", ENVIRONMENT
        return f"the outputs of {branch or stack or LOCAL}", {}

    def run(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Run the work; a command that an error tells to type names the same environment."""
        import asyncio

        from client.errors import ClientError

        async def main() -> Any:
            return await work()

        try:
            return asyncio.run(main())
        except ClientError as error:
            error.remedy = self._named(error.remedy)
            raise

    def _named(self, remedy: str) -> str:
        import re
        import shlex

        given = [shlex.quote(str(part)) for option in self._options if option[1] for part in option]
        return re.sub(r"^mcp-okta (login|logout|tools|call)\b", lambda found: " ".join([found[0], *given]), remedy)


async def call(target: Target, tool: str, words: list[str]) -> dict[str, Any]:
    """Call the tool with the words read by its input schema; list the tools first, to know it."""
    from client.arguments import parse_arguments
    from client.errors import WrongArguments
    from client.session import open_session

    async with open_session(target.outputs, target.tokens, target.browser) as session:
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
    scope: Annotated[list[str] | None, typer.Option("--scope", help="Ask for this scope as well; repeatable.")] = None,
) -> None:
    """Sign in with Okta, in the browser."""
    from client.session import sign_in

    target = Target(stack, branch, outputs, no_browser)
    tokens = target.run(lambda: sign_in(target.outputs, target.tokens, target.browser, scope or ()))
    typer.echo(f"signed in to {target.outputs.url} with {' '.join(tokens.scopes)}", err=True)


def whoami(
    stack: Stack = None,
    branch: Branch = None,
    outputs: OutputsFile = None,
    no_browser: NoBrowser = False,
    as_json: AsJson = False,
) -> None:
    """Say who the server takes you for, and what you may do."""
    target = Target(stack, branch, outputs, no_browser)
    show(target.run(lambda: call(target, "whoami", [])), as_json)


def tools(
    stack: Stack = None,
    branch: Branch = None,
    outputs: OutputsFile = None,
    no_browser: NoBrowser = False,
    as_json: AsJson = False,
) -> None:
    """List the server's tools."""
    from client.arguments import usage
    from client.session import open_session

    target = Target(stack, branch, outputs, no_browser)

    async def list_tools() -> list[Any]:
        async with open_session(target.outputs, target.tokens, target.browser) as session:
            return await session.list_tools()

    listed = target.run(list_tools)
    if as_json:
        documents = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in listed]
        typer.echo(json.dumps({"tools": documents}, ensure_ascii=False))
        return
    for tool in listed:
        typer.echo(usage(tool.name, tool.input_schema))
        typer.echo(f"    {(tool.description or 'no description').strip().splitlines()[0]}")


def call_tool(
    tool: Annotated[str, typer.Argument(help="The tool's name.")],
    words: Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Its arguments.")] = None,
    stack: Stack = None,
    branch: Branch = None,
    outputs: OutputsFile = None,
    no_browser: NoBrowser = False,
    as_json: AsJson = False,
) -> None:
    """Call a tool; sign in or ask for more scope if it takes that."""
    target = Target(stack, branch, outputs, no_browser)
    show(target.run(lambda: call(target, tool, words or [])), as_json)


def logout(stack: Stack = None, branch: Branch = None, outputs: OutputsFile = None) -> None:
    """Revoke the tokens at Okta and forget them."""
    from client.session import sign_out

    target = Target(stack, branch, outputs)
    signed_out = target.run(lambda: sign_out(target.outputs, target.tokens))
    typer.echo(f"{'signed out of' if signed_out else 'nobody was signed in to'} {target.outputs.url}", err=True)


def register(app: typer.Typer) -> None:
    """Add the person's commands; what they need is imported when they run."""
    for command in (login, whoami, tools, logout):
        app.command()(command)
    app.command("call")(call_tool)
