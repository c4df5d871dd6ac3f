"""
Who may call the Management API: the org's API token, or an access token of the org's own server and its scopes.

Source: https://developer.okta.com/docs/api/oauth2/ (scopes); https://developer.okta.com/docs/reference/error-codes/
"""

import hmac

from starlette.requests import Request

from local_cloud.okta.errors import OktaError, invalid_session, invalid_token
from local_cloud.okta.oauth.org_server import read_org_token
from local_cloud.okta.org import Org

AREAS = (
    ("/api/v1/authorizationServers", "okta.authorizationServers"),
    ("/api/v1/apps/{app}/grants", "okta.appGrants"),
    ("/api/v1/apps", "okta.apps"),
    ("/api/v1/groups", "okta.groups"),
    ("/api/v1/users/{user}/roles", "okta.roles"),
    ("/api/v1/users", "okta.users"),
    ("/api/v1/policies", "okta.policies"),
)


def api_scope(method: str, path: str) -> str | None:
    """The scope that a call needs; None for a path that OAuth does not open."""
    area = next((area for prefix, area in AREAS if path.startswith(prefix)), None)
    return area and f"{area}.{'read' if method == 'GET' else 'manage'}"


def check_access(org: Org, request: Request, scope: str | None) -> str | None:
    """
    Let an administrator or a granted app in; the answer is the id of the person who calls, None for a service.

    *Does not check* admin roles: on a real org a service app needs one beside its scopes.

    Raises:
        OktaError: E0000005 without credentials, E0000011 for wrong ones, E0000006 for a missing scope.
    """
    header = request.headers.get("authorization", "")
    scheme, _, token = header.partition(" ")
    if header[:4].upper() == "SSWS":
        return _owner(org, header[4:].strip())
    if scheme.lower() == "bearer" and scope is not None:
        return _bearer(org, token.strip(), scope, request.scope["path"])
    raise invalid_session()


def _owner(org: Org, token: str) -> str | None:
    # One of Okta's SDKs sends the token without a space between.
    if not hmac.compare_digest(token.encode(), org.settings.api_token.encode()):
        raise invalid_token()
    row = org.store.get("org", "org")
    return row["token_owner"] if row else None


def _bearer(org: Org, token: str, scope: str, path: str) -> str | None:
    claims = read_org_token(org, token)
    if claims is None:
        raise _challenge(org, invalid_token(), scope, path, "invalid_token", "The access token is invalid.")
    held = {scope, scope.removesuffix(".read") + ".manage"}
    if not held & set(claims["scp"]):
        refusal = OktaError(403, "E0000006", "You do not have permission to perform the requested action")
        why = "The access token provided does not contain the required scopes."
        raise _challenge(org, refusal, scope, path, "insufficient_scope", why)
    return claims.get("uid")


def _challenge(org: Org, refusal: OktaError, scope: str, path: str, error: str, why: str) -> OktaError:
    facts = {
        "authorization_uri": org.url("/oauth2/v1/authorize"),
        "realm": org.settings.org_url,
        "scope": scope,
        "error": error,
        "error_description": why,
        "resource": path,
    }
    listed = ", ".join(f'{name}="{value}"' for name, value in facts.items())
    refusal.headers["WWW-Authenticate"] = f"Bearer {listed}"
    return refusal
