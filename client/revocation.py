"""End tokens at Okta. Source: RFC 7009; Okta's /revoke takes a public client's id as a parameter."""

import logging
from datetime import datetime

import httpx2

from client.errors import ClientError, RevocationFailed, ServerError, place
from client.exchange import Exchange
from client.outputs import Outputs
from client.token_answer import reason
from client.tokens import Tokens, TokenStore

logger = logging.getLogger(__name__)


async def revoke(tokens: Tokens, exchange: Exchange) -> None:
    """
    End the refresh token and the access token.

    Raises:
        ServerError: Okta refused to.
        NetworkError: Okta cannot be reached.
    """
    url = str(tokens.metadata.get("revocation_endpoint") or f"{tokens.issuer}/v1/revoke")
    for hint, token in (("refresh_token", tokens.refresh_token), ("access_token", tokens.access_token)):
        if token is None:
            continue
        data = {"token": token, "token_type_hint": hint, "client_id": tokens.client_id}
        response = await exchange(httpx2.Request("POST", url, data=data))
        if response.status_code != 200:
            raise ServerError(f"{place(url)} did not revoke the {hint}: {reason(response)}", "mcp-okta logout")


async def revoke_quietly(tokens: Tokens, exchange: Exchange) -> None:
    """End tokens that newer ones replace; the newer ones are worth more than a failure here."""
    try:
        await revoke(tokens, exchange)
    except ClientError as error:
        logger.warning("superseded tokens stay alive: %s", error.message)


async def forget(outputs: Outputs, store: TokenStore, exchange: Exchange) -> bool:
    """
    Revoke and forget the tokens; False when nobody was signed in.

    Raises:
        RevocationFailed: they are forgotten here, but Okta could not be told.
    """
    account = outputs.account
    async with store.lock(account):
        tokens = store.load(account)
        store.remove(account)
        if tokens is None:
            return False
        try:
            await revoke(tokens, exchange)
        except ClientError as error:
            until = datetime.fromtimestamp(tokens.expires_at).astimezone().isoformat(timespec="minutes")
            raise RevocationFailed(
                f"you are signed out here, but the tokens were not revoked ({error.message}): "
                f"the access token is good until {until}, the refresh token until Okta's policy ends it",
                "ask an Okta administrator to clear your sessions, if the tokens may be known to others",
            ) from error
    return True
