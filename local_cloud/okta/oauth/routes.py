"""Every OAuth path that the local Okta has."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local_cloud.okta.calls import error_response
from local_cloud.okta.errors import OktaError, invalid_token
from local_cloud.okta.oauth.authorize import authorize, decide, sign_in
from local_cloud.okta.oauth.forms import oauth_route
from local_cloud.okta.oauth.metadata import keys, oauth_metadata, openid_metadata
from local_cloud.okta.oauth.revocations import introspect, revoke
from local_cloud.okta.oauth.token import token
from local_cloud.okta.oauth.userinfo import userinfo
from local_cloud.okta.org import Org

SERVER = "/oauth2/{server}"
ENDPOINTS = [
    ("GET", "/.well-known/oauth-authorization-server/oauth2/{server}", oauth_metadata),
    ("GET", f"{SERVER}/.well-known/oauth-authorization-server", oauth_metadata),
    ("GET", f"{SERVER}/.well-known/openid-configuration", openid_metadata),
    ("GET", f"{SERVER}/v1/keys", keys),
    ("GET", f"{SERVER}/v1/authorize", authorize),
    ("POST", f"{SERVER}/v1/authorize", authorize),
    ("POST", f"{SERVER}/v1/signin", sign_in),
    ("POST", f"{SERVER}/v1/consent", decide),
    ("POST", f"{SERVER}/v1/token", token),
    ("POST", f"{SERVER}/v1/introspect", introspect),
    ("POST", f"{SERVER}/v1/revoke", revoke),
    ("GET", f"{SERVER}/v1/userinfo", userinfo),
    ("POST", f"{SERVER}/v1/userinfo", userinfo),
]


def oauth_routes(org: Org) -> list[Route]:
    """All routes, for one org."""
    absent = "/.well-known/openid-configuration/oauth2/{server}"
    return [
        Route("/oauth2/v1/clients", refuse_registration, methods=["POST"]),
        Route(absent, refuse_inserted_form, methods=["GET"]),
        *(oauth_route(org, method, path, endpoint) for method, path, endpoint in ENDPOINTS),
    ]


async def refuse_registration(request: Request) -> Response:
    """Dynamic registration needs an administrator's token, which MCP clients do not have."""
    return error_response(invalid_token())


async def refuse_inserted_form(request: Request) -> Response:
    """Okta has no OpenID document at the inserted path; MCP clients go on to the next form after a 404."""
    return error_response(OktaError(404, "E0000008", "The requested path was not found"))
