"""
What an org says of itself to anybody.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/OrgSettingMetadata/
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local_cloud.okta.calls import answer, link
from local_cloud.okta.org import Org


def organization_route(org: Org) -> Route:
    """Serve `/.well-known/okta-organization`."""

    async def read(request: Request) -> Response:
        row = org.store.get("org", "org") or {}
        links = {"organization": link(org, "")}
        return answer({"id": row.get("id"), "cell": "local", "_links": links, "pipeline": "idx", "settings": {}})

    return Route("/.well-known/okta-organization", read, methods=["GET"])
