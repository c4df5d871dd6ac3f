"""
Discovery documents and public keys.

Source: RFC 8414, OpenID Connect Discovery §3; https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/CustomAS/
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_cloud.okta.apps import find_client
from local_cloud.okta.errors import OktaError
from local_cloud.okta.grant_types import CLIENT, CODE, DEVICE, REFRESH
from local_cloud.okta.oauth.assertions import ALGORITHMS
from local_cloud.okta.oauth.checks import RESPONSE_MODES
from local_cloud.okta.oauth.issuers import endpoint, known_scopes
from local_cloud.okta.oauth.wording import INVALID_CLIENT_ID
from local_cloud.okta.org import Org
from local_cloud.okta.servers import RESERVED_SCOPES
from local_cloud.okta.signing_keys import published_keys
from local_cloud.okta.store import Row

CLIENT_METHODS = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"]
ACCESS_CLAIMS = ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub"]
IDENTITY_CLAIMS = [
    "iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "idp", "nonce", "at_hash", "name", "nickname",
    "preferred_username", "given_name", "middle_name", "family_name", "email", "email_verified", "profile", "zoneinfo",
    "locale", "address", "phone_number", "updated_at",
]  # fmt: skip


async def oauth_metadata(org: Org, server: Row, request: Request) -> Response:
    """What RFC 8414 asks a server to publish."""
    check_named_client(org, request)
    return _cached(describe(org, server))


async def openid_metadata(org: Org, server: Row, request: Request) -> Response:
    """The same, with what OpenID Connect adds."""
    check_named_client(org, request)
    more = {
        "userinfo_endpoint": endpoint(org, server, "userinfo"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": IDENTITY_CLAIMS,
    }
    return _cached({**describe(org, server), **more})


async def keys(org: Org, server: Row, request: Request) -> Response:
    """The public keys, any of which may sign."""
    check_named_client(org, request)
    return _cached({"keys": published_keys(org, server["id"])})


def check_named_client(org: Org, request: Request) -> None:
    """A client may ask for itself, and must exist then."""
    name = request.query_params.get("client_id")
    if name is not None and find_client(org, name) is None:
        raise OktaError(400, "invalid_client", INVALID_CLIENT_ID)


def describe(org: Org, server: Row) -> dict[str, Any]:
    """The document that both forms share; it promises only what the local Okta does."""
    return {
        "issuer": server["issuer"],
        "authorization_endpoint": endpoint(org, server, "authorize"),
        "token_endpoint": endpoint(org, server, "token"),
        "registration_endpoint": org.url("/oauth2/v1/clients"),
        "jwks_uri": endpoint(org, server, "keys"),
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": [CODE, REFRESH, CLIENT, DEVICE],
        "subject_types_supported": ["public"],
        "scopes_supported": published_scopes(org, server),
        "token_endpoint_auth_methods_supported": CLIENT_METHODS,
        "token_endpoint_auth_signing_alg_values_supported": [name for names in ALGORITHMS.values() for name in names],
        "claims_supported": ACCESS_CLAIMS,
        "code_challenge_methods_supported": ["S256"],
        "introspection_endpoint": endpoint(org, server, "introspect"),
        "introspection_endpoint_auth_methods_supported": CLIENT_METHODS,
        "revocation_endpoint": endpoint(org, server, "revoke"),
        "revocation_endpoint_auth_methods_supported": CLIENT_METHODS,
        "end_session_endpoint": endpoint(org, server, "logout"),
        "device_authorization_endpoint": endpoint(org, server, "device/authorize"),
        "request_parameter_supported": False,
    }


def published_scopes(org: Org, server: Row) -> list[str]:
    """The reserved scopes, and the others that the server does not hide."""
    rows = known_scopes(org, server).values()
    return [row["name"] for row in rows if row["name"] in RESERVED_SCOPES or row["metadataPublish"] == "ALL_CLIENTS"]


def _cached(document: dict[str, Any]) -> Response:
    return JSONResponse(document, headers={"Cache-Control": "max-age=60, must-revalidate"})
