"""The org as one ASGI app."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from local_cloud.clock import Clock
from local_cloud.hosts import OurHosts
from local_cloud.okta.calls import error_response
from local_cloud.okta.errors import not_built, wrong_method
from local_cloud.okta.local import local_routes
from local_cloud.okta.management.routes import management_routes
from local_cloud.okta.oauth.routes import oauth_routes
from local_cloud.okta.org import Org
from local_cloud.okta.seed import seed_org
from local_cloud.okta.settings import OktaSettings
from local_cloud.okta.store import Store


def build_okta(settings: OktaSettings, clock: Clock) -> Starlette:
    """
    Build an org from its state file, or from its seed file where there is no state yet.

    Raises:
        LocalCloudError: a file cannot be read.
    """
    org = Org(settings, clock, Store(settings.state_file))
    if org.store.is_empty:
        seed_org(org)
        org.store.save()
    app = Starlette(
        routes=[*management_routes(org), *oauth_routes(org), *local_routes(org)],
        middleware=[Middleware(OurHosts)],
        exception_handlers={404: refuse_path, 405: refuse_method},
    )
    app.router.redirect_slashes = False
    return app


async def refuse_path(request: Request, error: Exception) -> Response:
    """Unknown means refused, by name."""
    return error_response(not_built(f"{request.method} {request.scope['path']}"))


async def refuse_method(request: Request, error: Exception) -> Response:
    """A path that exists, with a method that it has not."""
    response = error_response(wrong_method())
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response
