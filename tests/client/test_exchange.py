"""client/exchange.py: whatever a server names, the flow asks the deployed server and its issuer alone."""

import functools
from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from client.errors import BadAnswer, ClientError, RevocationFailed
from client.exchange import check_address
from client.outputs import Service
from client.service import ServiceAuth
from client.session import open_session_with
from client.sign_in import sign_in, sign_in_by_device, sign_out
from tests.client.fake_world import OKTA, URL, World
from tests.client.steps import call, expire, stored
from tests.requirements import requirement

pytestmark = pytest.mark.anyio

EVIL = "http://evil.example/take"


async def in_the_browser(world: World) -> None:
    """Sign in with the browser."""
    await sign_in(world.outputs, world.store, world.browser("reader"), transport=world.wire)


async def on_a_device(world: World) -> None:
    """Sign in with a code, without waiting."""

    async def sleep(seconds: float) -> None:
        return None

    show = list[object]().append
    await sign_in_by_device(world.outputs, world.store, show=show, sleep=sleep, transport=world.wire)


async def as_a_service(world: World) -> None:
    """Call as a service."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    outputs = replace(world.outputs, services={"nightly": Service("0oa1nightly", ("mcp:read",))})
    authorization = functools.partial(ServiceAuth, outputs, "nightly", key)
    async with open_session_with(outputs, authorization, transport=world.wire):
        pass


def asked(world: World, host: str) -> list[str]:
    """What was sent to a host."""
    return [str(request.url) for request in world.wire.sent if request.url.host == host]


@requirement("client:known-addresses")
async def test_metadata_elsewhere_than_at_the_server_is_not_fetched(world: World) -> None:
    """CWE-918: a server that names the cloud's own metadata service gets no request out of this machine."""
    world.server.resource_metadata = "http://169.254.169.254/latest/meta-data/"
    browser = world.browser("reader")

    with pytest.raises(BadAnswer, match=r"http://169\.254\.169\.254/latest/meta-data/, .* nothing was sent") as error:
        await call(world, browser)

    assert "outputs" in error.value.remedy
    assert (asked(world, "169.254.169.254"), browser.opened) == ([], [])


@requirement("client:known-addresses")
@pytest.mark.parametrize(
    ("way", "endpoint"),
    [
        (in_the_browser, "token_endpoint"),
        (in_the_browser, "authorization_endpoint"),
        (on_a_device, "device_authorization_endpoint"),
        (on_a_device, "token_endpoint"),
        (as_a_service, "token_endpoint"),
    ],
)
async def test_an_endpoint_elsewhere_than_at_the_issuer_gets_nothing(
    world: World, way: Callable[[World], Awaitable[None]], endpoint: str
) -> None:
    """RFC 9700 §4.4: neither code nor assertion leaves for a host that the deployment does not know."""
    world.okta.elsewhere = {endpoint: EVIL}

    with pytest.raises(ClientError, match=r"http://evil\.example/take") as error:
        await way(world)

    assert isinstance(error.value, BadAnswer) and "outputs" in error.value.remedy
    assert asked(world, "evil.example") == []


@requirement("client:known-addresses")
async def test_a_refresh_token_stays_here_where_the_stored_endpoint_is_foreign(world: World) -> None:
    """Metadata that an earlier version kept is not trusted either (ours)."""
    await call(world, world.browser("reader"))
    tokens = stored(world)
    world.store.save(world.outputs.account, replace(tokens, metadata={**tokens.metadata, "token_endpoint": EVIL}))
    expire(world)

    with pytest.raises(BadAnswer, match=r"evil\.example"):
        await call(world, None)

    assert asked(world, "evil.example") == []


@requirement("client:known-addresses")
async def test_logout_sends_no_token_to_a_foreign_revocation_endpoint(world: World) -> None:
    """RFC 7009 §5: signed out here, and who could not be told is named."""
    world.okta.elsewhere = {"revocation_endpoint": EVIL}
    await call(world, world.browser("reader"))

    with pytest.raises(RevocationFailed, match=r"http://evil\.example/take"):
        await sign_out(world.outputs, world.store, transport=world.wire)

    assert asked(world, "evil.example") == []
    assert world.store.load(world.outputs.account) is None


@requirement("client:known-addresses")
@pytest.mark.parametrize(
    "address",
    [
        "http://acme.okta.com/oauth2/aus1/v1/token",
        "https://acme.okta.com:8443/oauth2/aus1/v1/token",
        "https://acme.okta.com.evil.example/token",
        "https://acme.okta.com@evil.example/token",
        "https://evil.acme.okta.com/token",
    ],
)
async def test_an_address_of_another_origin_is_refused(address: str) -> None:
    """RFC 6454 §4: scheme, host and port; what only looks like the issuer is another."""
    with pytest.raises(BadAnswer):
        check_address(address, OKTA)


async def test_the_default_port_and_capitals_change_nothing() -> None:
    """RFC 3986 §6.2.2, §6.2.3."""
    check_address("https://ACME.okta.com:443/oauth2/aus1/v1/token", f"{OKTA}/oauth2/aus1")
    check_address("http://127.0.0.1:4321/token", "http://127.0.0.1:4321/oauth2/aus1")


async def test_what_is_secret_goes_to_the_issuer_and_not_to_the_server(world: World) -> None:
    """A token endpoint at the MCP server would get the code and the verifier."""
    world.okta.elsewhere = {"token_endpoint": f"{URL}/token"}

    with pytest.raises(BadAnswer, match="/mcp/token"):
        await in_the_browser(world)

    assert [request.method for request in world.wire.sent if request.url == httpx2.URL(f"{URL}/token")] == []
