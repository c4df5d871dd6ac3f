"""A session with the MCP server: signed requests, and failures that a person can act on."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, TypeVar

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import Implementation, Tool
from pydantic import ValidationError

from client.answering import AnsweringClient
from client.auth import SIGN_IN_SECONDS, OktaAuth, SignedIn
from client.browser import Browser
from client.errors import BadAnswer, ClientError, ToolFailed
from client.exchange import TIMEOUT, Exchange, to_okta
from client.outputs import Outputs
from client.tokens import Notice, TokenStore, tell_person
from client.transport import ChallengeTransport, Network

VERSION = version("mcp-okta")

T = TypeVar("T")
Authorization = Callable[[Exchange], httpx2.Auth]


class Session:
    """An open session."""

    def __init__(self, client: Client, http: AnsweringClient, outputs: Outputs) -> None:
        self._client = client
        self._http = http
        self._outputs = outputs

    async def list_tools(self) -> list[Tool]:
        """
        All tools of the server, page by page.

        Raises:
            ClientError: a subclass says what happened.
        """
        page = await self._ask(self._client.list_tools())
        tools = list(page.tools)
        while page.next_cursor is not None:
            page = await self._ask(self._client.list_tools(cursor=page.next_cursor))
            tools.extend(page.tools)
        return tools

    async def call_tool(self, name: str, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
        """
        The tool's structured result; of a tool that has none, its content blocks.

        Raises:
            ToolFailed: the tool ran and reported an error.
            NotAllowed: the person may not have the scopes that the tool needs.
            SignInNeeded: they may, but there is no browser to ask in.
        """
        result = await self._ask(self._client.call_tool(name, arguments or {}))
        if result.is_error:
            words = "\n".join(block.text for block in result.content if block.type == "text")
            raise ToolFailed(words or f"the tool {name} failed without a word", "mcp-okta tools")
        if result.structured_content is not None:
            return result.structured_content
        return {
            "content": [block.model_dump(mode="json", by_alias=True, exclude_none=True) for block in result.content]
        }

    async def _ask(self, question: Awaitable[T]) -> T:
        try:
            return await question
        except MCPError as error:
            raise self._http.explain(error) from None
        except (ValidationError, RuntimeError) as error:
            what = "an answer of another form" if isinstance(error, ValidationError) else str(error).splitlines()[0]
            raise BadAnswer(f"{self._outputs.url} gave {what}", "mcp-okta tools") from error


def _only(group: BaseExceptionGroup) -> BaseException:
    """The exception that the SDK's task groups wrapped, ours before others."""
    leaves: list[BaseException] = []
    for error in group.exceptions:
        leaves.append(_only(error) if isinstance(error, BaseExceptionGroup) else error)
    return next((leaf for leaf in leaves if isinstance(leaf, ClientError)), leaves[0])


@asynccontextmanager
async def open_session(
    outputs: Outputs,
    tokens: TokenStore,
    browser: Browser | None,
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    sign_in_seconds: float = SIGN_IN_SECONDS,
    signed_in: SignedIn | None = None,
    notice: Notice = tell_person,
) -> AsyncGenerator[Session]:
    """
    Open a session; sign in, refresh and ask for more scope as its calls need it.

    `browser` shows a URL to the person; None means that nobody can be asked. `signed_in` is told of each sign-in,
    `notice` of tokens that could not be ended.

    Raises:
        ClientError: a subclass says what happened and what to type.
    """

    def person(exchange: Exchange) -> httpx2.Auth:
        return OktaAuth(outputs, tokens, exchange, browser, sign_in_seconds, signed_in, notice)

    async with open_session_with(outputs, person, transport=transport) as session:
        yield session


@asynccontextmanager
async def open_session_with(
    outputs: Outputs, authorization: Authorization, *, transport: httpx2.AsyncBaseTransport | None = None
) -> AsyncGenerator[Session]:
    """
    Open a session whose requests are authorized by what `authorization` makes of a way to Okta.

    Raises:
        ClientError: a subclass says what happened and what to type.
    """
    network = ChallengeTransport(transport or Network())
    async with (
        to_okta(outputs, network) as exchange,
        AnsweringClient(outputs, transport=network, auth=authorization(exchange), timeout=TIMEOUT) as http,
    ):
        streams = streamable_http_client(outputs.url, http_client=http)
        try:
            async with Client(streams, client_info=Implementation(name="mcp-okta", version=VERSION)) as client:
                http.connecting = False
                yield Session(client, http, outputs)
        except BaseExceptionGroup as group:
            error = _only(group)
            raise (http.explain(error) if isinstance(error, MCPError) else error) from None
        except MCPError as error:
            raise http.explain(error) from None
