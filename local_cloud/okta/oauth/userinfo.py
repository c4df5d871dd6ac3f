"""
What a token's holder may know of the person. Source: OpenID Connect Core §5.3, RFC 6750 §3.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_cloud.okta.oauth.revocations import active_claims
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row
from local_cloud.okta.tokens import profile_claims


async def userinfo(org: Org, server: Row, request: Request) -> Response:
    """Answer with the claims that the scopes of an access token allow."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    claims = active_claims(org, server, value.strip()) if scheme.lower() == "bearer" else None
    user = org.store.get("users", claims.get("uid", "")) if claims else None
    if claims is None or user is None:
        return _refuse(401, "invalid_token", "The access token is invalid.")
    if "openid" not in claims["scp"]:
        return _refuse(403, "insufficient_scope", "The access token must provide access to the 'openid' scope.")
    return JSONResponse({"sub": user["id"], **profile_claims(user, tuple(claims["scp"]))})


def _refuse(status: int, error: str, description: str) -> Response:
    challenge = f'Bearer error="{error}", error_description="{description}"'
    return Response(status_code=status, headers={"WWW-Authenticate": challenge})
