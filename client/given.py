"""A token that somebody else got, as CI systems hand it over: used as it is, never stored, never renewed."""

from collections.abc import AsyncGenerator

import httpx2

from client.auth import bearing_text, needed_scopes, needs_more_scope
from client.errors import NotAllowed, SignInNeeded
from client.outputs import Outputs

VARIABLE = "TOKEN"


class GivenToken(httpx2.Auth):
    """The authorization of requests by the token in the environment."""

    def __init__(self, outputs: Outputs, token: str) -> None:
        """
        Take the token.

        Raises:
            SignInNeeded: it is not one word, so no token.
        """
        if not token.isascii() or len(token.split()) != 1 or token != token.strip():
            raise SignInNeeded(f"{VARIABLE} holds no bearer token", f"unset {VARIABLE}, then mcp-okta login")
        self._outputs = outputs
        self._token = token

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Send the request once; a refusal is final, since there is nobody to ask."""
        response = yield bearing_text(request, self._token)
        if response.status_code == 401:
            raise SignInNeeded(
                f"{self._outputs.url} does not take the token in {VARIABLE}: expired, or for another server",
                f"get a new one, or unset {VARIABLE}, then mcp-okta login",
            )
        if needs_more_scope(response):
            needed = needed_scopes(response)
            raise NotAllowed(
                f"the token in {VARIABLE} does not have all of {' '.join(needed)} on {self._outputs.url}",
                "get a token with these scopes",
                tuple(needed),
            )
