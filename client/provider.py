"""The SDK's OAuth provider with the deployed client id, driven step by step. Source: ADR 0004."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable

import httpx2
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider, OAuthFlowError
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthMetadata, OAuthToken

from client.errors import BadAnswer, SignInFailed
from client.exchange import Exchange
from client.outputs import Outputs
from client.token_answer import check_answer
from client.tokens import Tokens


class Memory:
    """The SDK's token storage for one flow: it starts from the given tokens and remembers what the flow got."""

    def __init__(self, outputs: Outputs, tokens: Tokens | None) -> None:
        self._outputs = outputs
        self._tokens = tokens
        self.received: OAuthToken | None = None
        self.received_at = 0.0

    async def get_tokens(self) -> OAuthToken | None:
        """The tokens that the flow starts from."""
        if self._tokens is None:
            return None
        return OAuthToken(
            access_token=self._tokens.access_token,
            refresh_token=self._tokens.refresh_token,
            scope=" ".join(self._tokens.scopes),
        )

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """Remember what the flow got."""
        self.received = tokens
        self.received_at = time.time()

    async def get_client_info(self) -> OAuthClientInformationFull:
        """The client that Okta has registered, bound to its issuer so that no other server is ever shown it."""
        return OAuthClientInformationFull(client_id=self._outputs.client_id, issuer=self._outputs.issuer)

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """
        Refuse a client that registered itself.

        Raises:
            SignInFailed: always; `drive` stops such a flow earlier.
        """
        raise SignInFailed("the authorization server registered another client than the deployed one")


def build_provider(
    outputs: Outputs,
    memory: Memory,
    redirect_uri: str,
    redirect: Callable[[str], Awaitable[None]] | None = None,
    answer: Callable[[], Awaitable[AuthorizationCodeResult]] | None = None,
) -> OAuthClientProvider:
    """
    The SDK's provider for one flow; a new one each time, since it keeps a denied scope.

    Source: docs/facts/mcp-on-lambda.md, "The SDK's OAuth client".
    """
    metadata = OAuthClientMetadata.model_validate(
        {"client_name": "mcp-okta", "redirect_uris": [redirect_uri], "token_endpoint_auth_method": "none"}
    )

    async def same(_: str, named: str | None) -> None:
        check_resource(named, outputs)

    return OAuthClientProvider(outputs.url, metadata, memory, redirect, answer, validate_resource_url=same)


async def drive(
    provider: OAuthClientProvider,
    request: httpx2.Request,
    outputs: Outputs,
    exchange: Exchange,
    refusal: httpx2.Response | None = None,
) -> None:
    """
    Run the SDK's flow up to where it would send `request` (again), its own requests through `exchange`.

    Afterwards the request carries the token, if there is one. `refusal` is the answer that it got before.

    Raises:
        BadAnswer: the flow would go to another authorization server than the deployed one.
        SignInFailed: the SDK found something wrong.
    """
    flow: AsyncGenerator[httpx2.Request, httpx2.Response] = provider.async_auth_flow(request)
    try:
        outgoing = await anext(flow)
        if outgoing is request and refusal is not None:
            outgoing = await flow.asend(refusal)
        while outgoing is not request:
            check_server(provider, outputs)
            outgoing = await flow.asend(check_answer(outgoing, await exchange(outgoing)))
    except OAuthFlowError as error:
        raise SignInFailed(f"the sign-in for {outputs.url} stopped: {error}", "mcp-okta outputs --json") from None
    finally:
        await flow.aclose()


def check_server(provider: OAuthClientProvider, outputs: Outputs) -> None:
    """
    Stop before the SDK registers a client or talks to a server that the outputs do not name.

    Raises:
        BadAnswer: the MCP server names another authorization server, or none, or speaks of another resource.

    Source: docs/facts/okta.md §5: Okta refuses anonymous registration.
    """
    described = provider.context.protected_resource_metadata
    if described is not None:
        check_resource(str(described.resource), outputs)  # again, for the SDK's provider of services, which has no hook
    if provider.context.client_info is None:
        named = provider.context.auth_server_url or "no authorization server"
        raise BadAnswer(
            f"{outputs.url} names {named}, but the outputs name {outputs.issuer}", "mcp-okta outputs --json"
        )


def check_resource(named: str | None, outputs: Outputs) -> None:
    """
    Accept only metadata of exactly the deployed URL; the SDK alone would take that of a parent.

    Raises:
        BadAnswer: it is another resource's.

    Source: RFC 9728 §3.3.
    """
    if named != outputs.url:
        raise BadAnswer(f"{outputs.url} answered with the metadata of {named}, not its own", "mcp-okta outputs --json")


def kept(outputs: Outputs, memory: Memory, metadata: OAuthMetadata | None) -> Tokens | None:
    """What is stored of the flow's tokens: an absolute expiry, and whom to ask next time; None if it got none."""
    received = memory.received
    if received is None or metadata is None:
        return None
    return Tokens(
        issuer=outputs.issuer,
        client_id=outputs.client_id,
        access_token=received.access_token,
        refresh_token=received.refresh_token,
        expires_at=memory.received_at + (3600 if received.expires_in is None else received.expires_in),
        scopes=tuple((received.scope or "").split()),
        metadata=metadata.model_dump(mode="json", exclude_none=True),
    )


def bare_request(outputs: Outputs) -> httpx2.Request:
    """A request for the flow to authorize; it is never sent. Its protocol version makes the SDK send `resource`."""
    return httpx2.Request("POST", outputs.url, headers={"MCP-Protocol-Version": "2025-11-25"})
