"""
The `okta.*` scopes of the org's own server: which of them a service gets.

Source: https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/ (grant allowed scopes).
"""

import re

from local_cloud.okta.apps import auth_method, oauth_settings
from local_cloud.okta.errors import OAuthError
from local_cloud.okta.oauth.wording import NO_DEFAULT_SCOPES, UNKNOWN_SCOPES
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

ONLY_WITH_KEY = (
    "Client Credentials requests to the Org Authorization Server must use the private_key_jwt "
    "token_endpoint_auth_method."
)
NOT_GRANTED = "You are not allowed any of the requested scopes."
API_SCOPE = re.compile(r"okta(\.[A-Za-z]+)+\.(read|manage)")


def granted_scopes(org: Org, app: Row, asked: tuple[str, ...]) -> tuple[str, ...]:
    """
    Those of the scopes that were granted to the app; the others are left out, as Okta leaves them out.

    Raises:
        OAuthError: the app has no key, a scope is none of the API's, or none was granted.
    """
    if auth_method(app) != "private_key_jwt" or oauth_settings(app)["application_type"] != "service":
        raise OAuthError("invalid_client", ONLY_WITH_KEY, 401)
    if not asked:
        raise OAuthError("invalid_scope", NO_DEFAULT_SCOPES)
    if not all(API_SCOPE.fullmatch(name) for name in asked):
        raise OAuthError("invalid_scope", UNKNOWN_SCOPES)
    rows = org.store.rows("app_grants", _app=app["id"], status="ACTIVE")
    allowed = {row["scopeId"] for row in rows}
    scopes = tuple(name for name in asked if name in allowed)
    if not scopes:
        raise OAuthError("consent_required", NOT_GRANTED)
    return scopes
