"""The environment that a person's command is about, and as whom the command calls it."""

import os
import re
import shlex
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from client.browser import Browser
    from client.session import Authorization, Session
    from client.tokens import Tokens, TokenStore

Stack = Annotated[str | None, typer.Option("--stack", help="The environment: a stack's name.")]
Branch = Annotated[str | None, typer.Option("--branch", help="The environment: a git branch.")]
OutputsFile = Annotated[Path | None, typer.Option("--outputs", help="The environment: a file of stack outputs.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the sign-in address instead of opening it.")]
Service = Annotated[
    str | None, typer.Option("--service", envvar="MCP_OKTA_SERVICE", help="Call as this service, without a person.")
]
Key = Annotated[Path | None, typer.Option("--key", help="The PEM file of the service's private key.")]


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
        from cli.outputs import outputs_for
        from client.browser import attended, default_browser, print_url
        from client.keychain import token_store
        from client.outputs import Outputs

        values, folder = outputs_for(stack, branch, outputs_file)
        self.outputs = Outputs.from_mapping(values, *self._origin(stack, branch, outputs_file))
        self.tokens: TokenStore = token_store(folder, os.environ)
        self.browser: Browser | None = print_url if no_browser else default_browser(os.environ, attended())
        self._options = [("--stack", stack), ("--branch", branch), ("--outputs", outputs_file)]

    def session(self, service: str | None, key: Path | None) -> "AbstractAsyncContextManager[Session]":
        """
        A session as the service, by the token in `TOKEN`, as the service of `.env`, or as the person who signs in.

        Raises:
            ClientError: the service, its key or the token cannot be used.
        """
        from cli.outputs import service_settings
        from client.outputs import SERVICE_KEY, SERVICE_NAME
        from client.session import open_session, open_session_with

        settings = service_settings(with_file=not any(value for _, value in self._options))
        if key is not None or not os.environ.get("TOKEN"):
            service = service or settings.get(SERVICE_NAME)
        if service is not None or key is not None:
            source = str(key) if key else settings.get(SERVICE_KEY, "")
            return open_session_with(self.outputs, self._as_service(service, source))
        if os.environ.get("TOKEN"):
            from client.given import GivenToken

            given = GivenToken(self.outputs, os.environ["TOKEN"])
            return open_session_with(self.outputs, lambda _: given)
        return open_session(self.outputs, self.tokens, self.browser, signed_in=self.say_who)

    def say_who(self, tokens: "Tokens") -> None:
        """Say who has signed in, so that a sign-in as somebody else is noticed; away from stdout."""
        from client.claims import person_of

        person = person_of(tokens)
        as_whom = f" as {person}" if person else ""
        typer.echo(f"signed in to {self.outputs.url}{as_whom} with {' '.join(tokens.scopes)}", err=True)

    def _as_service(self, service: str | None, key: str) -> "Authorization":
        from client.errors import ServiceUnusable
        from client.keys import MAKE_KEY, read_key
        from client.outputs import SERVICE_KEY, SERVICE_NAME
        from client.service import ServiceAuth, find_service

        if not service or not key:
            lacking = f"--key (or {SERVICE_KEY})" if service else f"--service (or {SERVICE_NAME})"
            raise ServiceUnusable(f"{lacking} is missing: a service needs both its name and its key", MAKE_KEY)
        find_service(self.outputs, service)
        private = read_key(key)
        return lambda exchange: ServiceAuth(self.outputs, service, private, exchange)

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
        given = [shlex.quote(str(part)) for option in self._options if option[1] for part in option]
        return re.sub(r"\bmcp-okta (login|logout|tools|call)\b", lambda found: " ".join([found[0], *given]), remedy)
