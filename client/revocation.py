"""End tokens at Okta. Source: RFC 7009; Okta's /revoke takes a public client's id as a parameter."""

from collections.abc import Mapping
from datetime import datetime

import httpx2

from client.errors import ClientError, RevocationFailed, place
from client.exchange import Exchange
from client.outputs import Outputs
from client.token_answer import reason
from client.tokens import Notice, Tokens, TokenStore

CLEAR_SESSIONS = "ask an Okta administrator to clear your sessions"


async def revoke(tokens: Tokens, exchange: Exchange) -> dict[str, str]:
    """
    End the refresh token and the access token, each also where the other could not be.

    Those that stay alive come back, with why.
    """
    alive = {}
    for hint, token in (("refresh_token", tokens.refresh_token), ("access_token", tokens.access_token)):
        if token is not None and (why := await _end(tokens, hint, token, exchange)):
            alive[hint.replace("_", " ")] = why
    return alive


async def _end(tokens: Tokens, hint: str, token: str, exchange: Exchange) -> str:
    """End one token; where that fails, why."""
    url = str(tokens.metadata.get("revocation_endpoint") or f"{tokens.issuer}/v1/revoke")
    data = {"token": token, "token_type_hint": hint, "client_id": tokens.client_id}
    try:
        response = await exchange(httpx2.Request("POST", url, data=data))
    except ClientError as error:
        return error.message
    return "" if response.status_code == 200 else f"{place(url)} answered: {reason(response)}"


async def revoke_quietly(tokens: Tokens, exchange: Exchange, notice: Notice) -> None:
    """End tokens that are no longer used here; a failure is said, and no more: newer ones are worth more than that."""
    alive = await revoke(tokens, exchange)
    if alive:
        kinds = " and the ".join(alive)
        notice(
            f"the {kinds} that this client no longer uses could not be revoked ({_reasons(alive)}): "
            f"if others may know what is left alive, {CLEAR_SESSIONS}"
        )


def _reasons(alive: Mapping[str, str]) -> str:
    """Each reason once, and on one line."""
    return " ".join("; ".join(dict.fromkeys(alive.values())).split())


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
        alive = await revoke(tokens, exchange)
    if alive:
        raise not_revoked(tokens, alive)
    return True


def not_revoked(tokens: Tokens, alive: Mapping[str, str]) -> RevocationFailed:
    """What is left alive after a sign-out, and until when."""
    until = datetime.fromtimestamp(tokens.expires_at).astimezone().isoformat(timespec="minutes")
    ends = {"access token": until, "refresh token": "Okta's policy ends it"}
    lifetimes = ", ".join(f"the {kind} is good until {ends[kind]}" for kind in alive)
    return RevocationFailed(
        f"you are signed out here, but the tokens were not revoked ({_reasons(alive)}): {lifetimes}",
        f"{CLEAR_SESSIONS}, if the tokens may be known to others",
    )
