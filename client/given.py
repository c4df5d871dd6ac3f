"""A token that somebody else got, as CI systems hand it over: used as it is, for its own server, never stored."""

from collections.abc import AsyncGenerator

import httpx2

from client.auth import bearing_text
from client.challenge import needed_scopes, needs_more_scope
from client.claims import shown, unverified_claims
from client.errors import NotAllowed, SignInNeeded
from client.outputs import Outputs

VARIABLE = "TOKEN"


class GivenToken(httpx2.Auth):
    """The authorization of requests by the token in the environment."""

    def __init__(self, outputs: Outputs, token: str) -> None:
        """
        Take the token.

        Raises:
            SignInNeeded: it is not one word, so no token; or it is not for this server.
        """
        if not token.isascii() or len(token.split()) != 1 or token != token.strip():
            raise SignInNeeded(f"{VARIABLE} holds no bearer token", f"unset {VARIABLE}, then mcp-okta login")
        check_audience(token, outputs)
        self._outputs = outputs
        self._token = token

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Send the request once; a refusal is final, since there is nobody to ask."""
        response = yield bearing_text(request, self._token)
        if response.status_code == 401:
            raise SignInNeeded(
                f"{self._outputs.url} does not take the token in {VARIABLE}: "
                "expired, revoked, or of an app that this server does not take",
                f"get a new one, or unset {VARIABLE}, then mcp-okta login",
            )
        if needs_more_scope(response):
            needed = needed_scopes(response)
            raise NotAllowed(
                f"the token in {VARIABLE} does not have all of {' '.join(needed)} on {self._outputs.url}",
                "get a token with these scopes",
                tuple(needed),
            )


def check_audience(token: str, outputs: Outputs) -> None:
    """
    Keep the token from every server but the one that it names: who runs this may not have chosen the `.env` here.

    Raises:
        SignInNeeded: it is for another server, or does not say for which.

    Does not check: the token; the server does. Source: RFC 8707 §2; RFC 9700 §4.9.1; Okta's access tokens are JWTs.
    """
    audience = unverified_claims(token).get("aud")
    if audience in (outputs.url, [outputs.url]):
        return
    named = shown(audience)
    says = f"is for {named}, not for {outputs.url}" if named else f"does not say for which server it is: {outputs.url}?"
    raise SignInNeeded(
        f"the token in {VARIABLE} {says}; it was not sent",
        f"see which server is meant (mcp-okta outputs), and get a token for it, or unset {VARIABLE}",
    )
