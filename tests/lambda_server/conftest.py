"""A server under test, an Okta that answers from memory, and a client for each way in."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
from starlette.applications import Starlette

from lambda_server.gateway import Gateway
from lambda_server.server import build_app
from lambda_server.settings import Settings
from tests.lambda_server.okta_in_memory import ENVIRONMENT, HOST, OktaInMemory


@pytest.fixture
def okta() -> OktaInMemory:
    """An issuer with one key."""
    return OktaInMemory()


@pytest.fixture
def settings() -> Settings:
    """The settings that the tests deploy with."""
    return Settings.from_environment(ENVIRONMENT)


@pytest.fixture
def app(settings: Settings, okta: OktaInMemory) -> Starlette:
    """The whole application."""
    return build_app(settings, transport=okta, now=okta.now)


@pytest.fixture
async def http(app: Starlette) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the running application."""
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=f"https://{HOST}") as client:
            yield client


@pytest.fixture
def gateway(app: Starlette) -> Iterator[Gateway]:
    """The application as a Lambda handler."""
    gateway = Gateway(app)
    yield gateway
    gateway.close()
