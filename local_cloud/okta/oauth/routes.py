"""Every OAuth path that the local Okta has."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local_cloud.okta.calls import error_response
from local_cloud.okta.errors import OktaError, invalid_token
from local_cloud.okta.oauth import activate
from local_cloud.okta.oauth.authorize import authorize, decide, sign_in
from local_cloud.okta.oauth.cors import EVERYBODY, TRUSTED
from local_cloud.okta.oauth.device_exchange import device_authorize
from local_cloud.okta.oauth.forms import Endpoint, oauth_route, preflight_route
from local_cloud.okta.oauth.logout import logout, sign_out
from local_cloud.okta.oauth.metadata import keys, oauth_metadata, openid_metadata
from local_cloud.okta.oauth.revocations import introspect, revoke
from local_cloud.okta.oauth.token import token
from local_cloud.okta.oauth.userinfo import userinfo
from local_cloud.okta.org import Org

ROOTS = ("/oauth2", "/oauth2/{server}")
Served = tuple[str, list[str], Endpoint, str | None]
# What every server has below /v1/, the org's own one too: name, methods, endpoint, whose scripts may read it.
SERVER_ENDPOINTS: list[Served] = [
    ("authorize", ["GET", "POST"], authorize, None),
    ("signin", ["POST"], sign_in, None),
    ("consent", ["POST"], decide, None),
    ("token", ["POST"], token, TRUSTED),
    ("device/authorize", ["POST"], device_authorize, None),
    ("introspect", ["POST"], introspect, TRUSTED),
    ("revoke", ["POST"], revoke, TRUSTED),
    ("userinfo", ["GET", "POST"], userinfo, TRUSTED),
    ("logout", ["GET", "POST"], logout, None),
    ("keys", ["GET"], keys, EVERYBODY),
]
WELL_KNOWN = "/.well-known"
DOCUMENTS: list[tuple[str, Endpoint]] = [
    (f"{WELL_KNOWN}/oauth-authorization-server/oauth2/{{server}}", oauth_metadata),
    (f"/oauth2/{{server}}{WELL_KNOWN}/oauth-authorization-server", oauth_metadata),
    (f"/oauth2/{{server}}{WELL_KNOWN}/openid-configuration", openid_metadata),
    (f"{WELL_KNOWN}/oauth-authorization-server", oauth_metadata),
    (f"{WELL_KNOWN}/openid-configuration", openid_metadata),
]
PAGES: list[tuple[str, str, Endpoint]] = [
    ("GET", "/activate", activate.ask_code),
    ("POST", "/activate", activate.take_code),
    ("POST", "/activate/signin", activate.sign_in),
    ("POST", "/activate/consent", activate.decide),
    ("GET", "/login/signout", sign_out),
]


def oauth_routes(org: Org) -> list[Route]:
    """All routes, for one org."""
    absent = f"{WELL_KNOWN}/openid-configuration/oauth2/{{server}}"
    named: list[Served] = [(f"{root}/v1/{row[0]}", *row[1:]) for root in ROOTS for row in SERVER_ENDPOINTS]
    documents: list[Served] = [(path, ["GET"], endpoint, EVERYBODY) for path, endpoint in DOCUMENTS]
    return [
        Route("/oauth2/v1/clients", refuse_registration, methods=["POST"]),
        Route(absent, refuse_inserted_form, methods=["GET"]),
        *(oauth_route(org, method, path, endpoint) for method, path, endpoint in PAGES),
        *(route for row in [*documents, *named] for route in _routes(org, *row)),
    ]


def _routes(org: Org, path: str, methods: list[str], endpoint: Endpoint, readers: str | None) -> list[Route]:
    served = [oauth_route(org, method, path, endpoint, readers) for method in methods]
    return served if readers is None else [*served, preflight_route(org, path, methods, readers)]


async def refuse_registration(request: Request) -> Response:
    """Dynamic registration needs an administrator's token, which MCP clients do not have."""
    return error_response(invalid_token())


async def refuse_inserted_form(request: Request) -> Response:
    """Okta has no OpenID document at the inserted path; MCP clients go on to the next form after a 404."""
    return error_response(OktaError(404, "E0000008", "The requested path was not found"))
