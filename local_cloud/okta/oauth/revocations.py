"""
Which tokens are still good, and the endpoints that tell and end that: introspection and revocation.

Source: RFC 7662, RFC 7009; https://developer.okta.com/docs/guides/revoke-tokens/
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_cloud.okta.apps import find_client
from local_cloud.okta.errors import OAuthError
from local_cloud.okta.ids import digest
from local_cloud.okta.issued import ISSUED, is_registered
from local_cloud.okta.oauth import families
from local_cloud.okta.oauth.clients import authenticate
from local_cloud.okta.oauth.decisions import may_use
from local_cloud.okta.oauth.forms import read_params
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row
from local_cloud.okta.tokens import read_token


async def introspect(org: Org, server: Row, request: Request) -> Response:
    """Tell a client whether a token is active, and what it says."""
    form = await read_params(request)
    authenticate(org, request, form)
    value = _token(form)
    facts = _access_facts(org, server, value) or _refresh_facts(org, server, value) or {"active": False}
    return JSONResponse(facts, headers={"Cache-Control": "no-store"})


async def revoke(org: Org, server: Row, request: Request) -> Response:
    """End a token; a refresh token takes its family along. An unknown token is no error (RFC 7009 §2.2)."""
    form = await read_params(request)
    app = authenticate(org, request, form)
    value = _token(form)
    family = families.find(org, value)
    if family is not None and (family["client"], family["server"]) == (app["id"], server["id"]):
        families.revoke(org, family["id"])
    claims = read_token(org, server, value)
    if claims is not None and claims.get("cid") == app["id"]:
        forget_access_token(org, digest(value))
    return Response(status_code=200)


def forget_access_token(org: Org, token_digest: str) -> None:
    """End one access token."""
    org.store.remove(ISSUED, token_digest)


def active_claims(org: Org, server: Row, value: str) -> dict[str, Any] | None:
    """The claims of a token that the server signed, and which nothing has ended since."""
    claims = read_token(org, server, value)
    if claims is None or not is_registered(org, value):
        return None
    app = find_client(org, claims.get("cid") or claims["aud"])
    user_id = claims.get("uid") or (claims["sub"] if "cid" not in claims else None)
    if app is None or (user_id is not None and not may_use(org, app, org.store.get("users", user_id))):
        return None
    return claims


def _access_facts(org: Org, server: Row, value: str) -> dict[str, Any] | None:
    claims = active_claims(org, server, value)
    if claims is None:
        return None
    facts: dict[str, Any] = {
        name: claims[name] for name in ("exp", "iat", "sub", "aud", "iss", "jti", "uid") if name in claims
    }
    if "cid" not in claims:
        return {"active": True, **facts, "client_id": claims["aud"]}
    user = org.store.get("users", claims.get("uid", ""))
    facts |= {"token_type": "Bearer", "scope": " ".join(claims["scp"]), "client_id": claims["cid"]}
    return {"active": True, **facts, **({"username": user["profile"]["login"]} if user else {})}


def _refresh_facts(org: Org, server: Row, value: str) -> dict[str, Any] | None:
    row = families.find(org, value)
    if row is None or row["server"] != server["id"]:
        return None
    app, user = find_client(org, row["client"]), org.store.get("users", row["user"])
    usable = families.is_alive(org, row) and families.accepts(org, row, value)
    if not usable or app is None or user is None or not may_use(org, app, user):
        return None
    facts = {"active": True, "scope": " ".join(row["scopes"]), "client_id": row["client"], "jti": row["id"]}
    times = {"exp": int(families.expires_at(row)), "iat": int(row["created"])}
    name = user["profile"]["login"]
    return {**facts, **times, "username": name, "sub": name, "uid": user["id"], "iss": server["issuer"]}


def _token(form: dict[str, str]) -> str:
    if "token" not in form:
        raise OAuthError("invalid_request", "The 'token' parameter is required.")
    return form["token"]
