"""
The two endpoints that a device talks to. Source: RFC 8628 §3.1 to §3.5.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_cloud.okta.apps import oauth_settings
from local_cloud.okta.errors import OAuthError
from local_cloud.okta.grant_types import DEVICE
from local_cloud.okta.oauth import devices
from local_cloud.okta.oauth.answers import first_answer
from local_cloud.okta.oauth.checks import asked_scopes, check_scopes
from local_cloud.okta.oauth.clients import authenticate
from local_cloud.okta.oauth.decisions import may_use
from local_cloud.okta.oauth.forms import read_params
from local_cloud.okta.oauth.wording import unauthorized_grant
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row
from local_cloud.okta.tokens import Grant

PENDING = "The device authorization is pending. Please try again later."
TOO_FAST = "The device polls too often. Add five seconds to the interval."
EXPIRED = "The device code has expired."
UNKNOWN = "The device code is invalid or has expired."


async def device_authorize(org: Org, server: Row, request: Request) -> Response:
    """Give a device its codes, and the address at which a person enters the shorter one."""
    form = await read_params(request)
    app = authenticate(org, request, form)
    grants = oauth_settings(app)["grant_types"]
    if DEVICE not in grants:
        raise OAuthError("unauthorized_client", unauthorized_grant(grants))
    scopes, by_default = check_scopes(org, server, app, form), not asked_scopes(form)
    device_code, user_code = devices.begin(org, server, app, scopes, by_default=by_default)
    codes = {
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": org.url("/activate"),
        "verification_uri_complete": org.url(f"/activate?user_code={user_code}"),
        "expires_in": devices.LIFETIME_SECONDS,
        "interval": devices.INTERVAL_SECONDS,
    }
    return JSONResponse(codes, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


def by_device(org: Org, server: Row, app: Row, form: dict[str, str]) -> dict[str, object]:
    """Exchange a device code, once a person has said yes."""
    row = devices.find(org, form.get("device_code", ""))
    if row is None or (row["server"], row["client"]) != (server["id"], app["id"]):
        raise OAuthError("invalid_grant", UNKNOWN)
    check_progress(org, row)
    user = org.store.get("users", row["user"])
    devices.forget(org, row)
    if user is None or row.get("rule") is None or not may_use(org, app, user):  # no rule: of an earlier version
        raise OAuthError("invalid_grant", UNKNOWN)
    return first_answer(org, Grant(server, app, row["rule"], tuple(row["scopes"]), DEVICE, user, row["auth_time"]))[0]


def check_progress(org: Org, row: Row) -> None:
    """
    Accept only a request that a person has approved.

    Raises:
        OAuthError: expired_token, access_denied, slow_down or authorization_pending.
    """
    if org.now() >= row["ends"]:
        raise OAuthError("expired_token", EXPIRED)
    if row["status"] == devices.DENIED:
        raise OAuthError("access_denied", row["why"])
    if row["status"] == devices.PENDING:
        raise OAuthError(*(("authorization_pending", PENDING) if devices.poll(org, row) else ("slow_down", TOO_FAST)))
