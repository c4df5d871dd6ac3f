"""
What a token's holder may know of the person. Source: OpenID Connect Core §5.3, RFC 6750 §3.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_cloud.okta.apps import find_client
from local_cloud.okta.oauth.revocations import active_claims
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row
from local_cloud.okta.tokens import identity_claims

NEEDS_SCOPE = "The access token must provide access to at least one of these scopes - profile, email, address or phone"
NO_STORE = {"Cache-Control": "no-store"}


async def userinfo(org: Org, server: Row, request: Request) -> Response:
    """Answer with the claims that the scopes of an access token allow."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    claims = active_claims(org, server, value.strip()) if scheme.lower() == "bearer" else None
    user = org.store.get("users", claims.get("uid", "")) if claims else None
    app = find_client(org, claims.get("cid", "")) if claims else None
    if claims is None or user is None or app is None:
        return _refuse(401, "invalid_token", "The access token is invalid")
    if "openid" not in claims["scp"]:
        return _refuse(403, "insufficient_scope", NEEDS_SCOPE)
    return JSONResponse(identity_claims(org, server, app, user, tuple(claims["scp"])), headers=NO_STORE)


def _refuse(status: int, error: str, description: str) -> Response:
    challenge = f'Bearer error="{error}", error_description="{description}"'
    return Response(status_code=status, headers={"WWW-Authenticate": challenge, **NO_STORE})
