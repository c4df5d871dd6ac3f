"""
Discovery documents and public keys.

Source: RFC 8414, OpenID Connect Discovery §3; https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/CustomAS/
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_cloud.okta.apps import find_client
from local_cloud.okta.errors import OktaError
from local_cloud.okta.oauth.checks import RESPONSE_MODES
from local_cloud.okta.org import Org
from local_cloud.okta.servers import RESERVED_SCOPES
from local_cloud.okta.signing_keys import published_keys
from local_cloud.okta.store import Row

CLIENT_METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
ASSERTION_ALGORITHMS = ["RS256", "RS384", "RS512"]


async def oauth_metadata(org: Org, server: Row, request: Request) -> Response:
    """What RFC 8414 asks a server to publish."""
    check_named_client(org, request)
    return _cached(describe(org, server))


async def openid_metadata(org: Org, server: Row, request: Request) -> Response:
    """The same, with what OpenID Connect adds."""
    check_named_client(org, request)
    more = {
        "userinfo_endpoint": f"{server['issuer']}/v1/userinfo",
        "id_token_signing_alg_values_supported": ["RS256"],
    }
    return _cached({**describe(org, server), **more})


async def keys(org: Org, server: Row, request: Request) -> Response:
    """The public keys, any of which may sign."""
    return _cached({"keys": published_keys(org, server["id"])})


def check_named_client(org: Org, request: Request) -> None:
    """A client may ask for itself, and must exist then."""
    name = request.query_params.get("client_id")
    if name is not None and find_client(org, name) is None:
        raise OktaError(400, "invalid_client", "Invalid value for 'client_id' parameter.")


def describe(org: Org, server: Row) -> dict[str, Any]:
    """The document that both forms share; it promises only what the local Okta does."""
    base = f"{server['issuer']}/v1"
    return {
        "issuer": server["issuer"],
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "registration_endpoint": org.url("/oauth2/v1/clients"),
        "jwks_uri": f"{base}/keys",
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "scopes_supported": published_scopes(org, server),
        "token_endpoint_auth_methods_supported": CLIENT_METHODS,
        "token_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
        "claims_supported": ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub"],
        "code_challenge_methods_supported": ["S256"],
        "introspection_endpoint": f"{base}/introspect",
        "introspection_endpoint_auth_methods_supported": CLIENT_METHODS,
        "revocation_endpoint": f"{base}/revoke",
        "revocation_endpoint_auth_methods_supported": CLIENT_METHODS,
        "request_parameter_supported": False,
    }


def published_scopes(org: Org, server: Row) -> list[str]:
    """The reserved scopes, and the others that the server does not hide."""
    rows = org.store.rows("scopes", _server=server["id"])
    return [row["name"] for row in rows if row["name"] in RESERVED_SCOPES or row["metadataPublish"] == "ALL_CLIENTS"]


def _cached(document: dict[str, Any]) -> Response:
    return JSONResponse(document, headers={"Cache-Control": "max-age=60, must-revalidate"})
