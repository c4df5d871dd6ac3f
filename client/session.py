"""A session with the MCP server: signed requests, and failures that a person can act on."""

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, TypeVar

import anyio
import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import Implementation, Tool
from pydantic import ValidationError

from client.auth import OktaAuth, needs_more_scope, refused, replace
from client.browser import Browser
from client.device import Show, Sleep, sign_in_on_another_device, tell
from client.errors import (
    BadAnswer,
    ClientError,
    NotAllowed,
    ServerError,
    SignInNeeded,
    ToolFailed,
    network_error,
    place,
)
from client.outputs import Outputs
from client.provider import Exchange, exchange_over, quiet_sdk_logs
from client.revocation import forget
from client.tokens import Tokens, TokenStore
from client.transport import ChallengeTransport, Network

FAILED_HERE = -32099  # of the range that JSON-RPC leaves to implementations
TIMEOUT = httpx2.Timeout(60, connect=10)
SIGN_IN_SECONDS = 300
VERSION = version("mcp-okta")

T = TypeVar("T")
Authorization = Callable[[Exchange], httpx2.Auth]


class Session:
    """An open session."""

    def __init__(self, client: Client, http: "AnsweringClient", outputs: Outputs) -> None:
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


class AnsweringClient(httpx2.AsyncClient):
    """
    An HTTP client that never raises: an exception would cancel the whole SDK session and come out as a group.

    Each failure becomes a JSON-RPC error that names it, and `explain` finds it again on the other side.
    """

    def __init__(self, outputs: Outputs, **options: Any) -> None:
        super().__init__(**options)
        self._outputs = outputs
        self._failures: dict[str, ClientError] = {}
        self.connecting: bool = True
        self._broken: ClientError | None = None

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send the request; answer in the server's place where that fails."""
        try:
            if self._broken is not None:
                raise self._broken
            return await self._checked(await super().send(request, **options))
        except httpx2.TransportError as error:
            return self._answer(request, network_error(error, request.url))
        except ClientError as error:
            return self._answer(request, error)

    async def _checked(self, response: httpx2.Response) -> httpx2.Response:
        is_json = response.headers.get("content-type", "").lower().startswith("application/json")
        if is_json or response.status_code >= 400:
            await response.aread()
        if response.status_code == 401 or needs_more_scope(response):
            raise refused(self._outputs, response)
        if response.status_code >= 400 and not (is_json and _is_rpc_error(response)):
            raise _status_error(response)
        return response

    def _answer(self, request: httpx2.Request, failure: ClientError) -> httpx2.Response:
        # While connecting, the SDK takes an error for an older server and tries again: no second browser for that.
        if self.connecting and not isinstance(failure, ServerError):
            self._broken = failure
        key = secrets.token_hex(8)
        self._failures[key] = failure
        error = {"code": FAILED_HERE, "message": failure.message, "data": {"failure": key}}
        return httpx2.Response(500, json={"jsonrpc": "2.0", "id": None, "error": error}, request=request)

    def explain(self, error: MCPError) -> ClientError:
        """The failure behind the SDK's error; an error of the server itself is a `ServerError`."""
        key = error.data.get("failure") if error.code == FAILED_HERE and isinstance(error.data, dict) else None
        if key in self._failures:
            return self._failures.pop(key)
        return ServerError(f"{self._outputs.url} answered: {error.message} ({error.code})", "mcp-okta tools")


def _is_rpc_error(response: httpx2.Response) -> bool:
    try:
        body = response.json()
    except ValueError:
        return False
    return isinstance(body, dict) and isinstance(body.get("error"), dict)


def _status_error(response: httpx2.Response) -> ClientError:
    where = place(response.request.url)
    if response.status_code == 403:
        return NotAllowed(f"{where} refuses this client: status 403", "ask whoever deployed the server")
    if response.status_code == 404:
        return ServerError(f"{where} does not exist: status 404", "mcp-okta outputs")
    return ServerError(f"{where} answered {response.status_code}", "wait a minute, then try again")


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
) -> AsyncGenerator[Session]:
    """
    Open a session; sign in, refresh and ask for more scope as its calls need it.

    `browser` shows a URL to the person; None means that nobody can be asked.

    Raises:
        ClientError: a subclass says what happened and what to type.
    """

    def person(exchange: Exchange) -> httpx2.Auth:
        return OktaAuth(outputs, tokens, exchange, browser, sign_in_seconds)

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
        _to_okta(network) as exchange,
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


@asynccontextmanager
async def _to_okta(network: httpx2.AsyncBaseTransport) -> AsyncGenerator[Exchange]:
    quiet_sdk_logs()
    async with httpx2.AsyncClient(transport=network, timeout=TIMEOUT) as http:
        yield exchange_over(http)


async def sign_in(
    outputs: Outputs,
    tokens: TokenStore,
    browser: Browser | None,
    scopes: Sequence[str] = (),
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    sign_in_seconds: float = SIGN_IN_SECONDS,
) -> Tokens:
    """
    Sign in anew, for the base scopes and these, whoever is signed in now.

    Raises:
        ClientError: a subclass says what happened and what to type.
    """
    if browser is None:
        raise SignInNeeded("no browser can be opened from here", "mcp-okta login --no-browser")
    asked = " ".join(dict.fromkeys((*outputs.base_scopes, *scopes)))
    refusal = httpx2.Response(401, headers={"WWW-Authenticate": f'Bearer scope="{asked}"'})
    network = ChallengeTransport(transport or Network())
    async with _to_okta(network) as exchange:
        auth = OktaAuth(outputs, tokens, exchange, browser, sign_in_seconds)
        return await auth.sign_in(refusal, None, fresh=True)


async def sign_in_by_device(
    outputs: Outputs,
    tokens: TokenStore,
    scopes: Sequence[str] = (),
    *,
    show: Show = tell,
    sleep: Sleep = anyio.sleep,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> Tokens:
    """
    Sign in anew on another device, for the base scopes and these, whoever is signed in now.

    Raises:
        ClientError: a subclass says what happened and what to type.

    Source: RFC 8628.
    """
    asked = tuple(dict.fromkeys((*outputs.base_scopes, *scopes)))
    async with _to_okta(transport or Network()) as exchange:
        new = await sign_in_on_another_device(outputs, asked, exchange, show, sleep)
        await replace(outputs, tokens, new, exchange)
        return new


async def sign_out(outputs: Outputs, tokens: TokenStore, *, transport: httpx2.AsyncBaseTransport | None = None) -> bool:
    """
    Revoke and forget the tokens; False when nobody was signed in.

    Raises:
        RevocationFailed: they are forgotten here, but Okta could not be told.
    """
    async with httpx2.AsyncClient(transport=transport or Network(), timeout=TIMEOUT) as http:
        return await forget(outputs, tokens, exchange_over(http))
