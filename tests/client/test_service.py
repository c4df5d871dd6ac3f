"""client/service.py and client/keys.py: calls without a person. tests/client/test_given.py has those by a token."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from client.errors import BadAnswer, NotAllowed, ServiceUnusable
from client.exchange import Exchange, to_okta
from client.keys import make_key, public_jwk, read_key
from client.outputs import Service
from client.service import ServiceAuth
from client.session import open_session_with
from tests.client.fake_world import World
from tests.requirements import requirement

pytestmark = pytest.mark.anyio

CLIENT = "0oa1nightly"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """A service's private key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def nightly(world: World, key: rsa.RSAPrivateKey) -> World:
    """A world with a service that may read."""
    world.okta.services[CLIENT] = (key.public_key(), {"mcp:read"})
    world.outputs = replace(world.outputs, services={"nightly": Service(CLIENT, ("mcp:read",))})
    return world


async def call(world: World, authorization: Callable[[Exchange], httpx2.Auth], tool: str = "whoami") -> dict:
    """One session, two calls of a tool."""
    async with open_session_with(world.outputs, authorization, transport=world.wire) as session:
        await session.call_tool(tool)
        return await session.call_tool(tool)


def as_service(world: World, key: rsa.RSAPrivateKey, name: str = "nightly") -> Callable[[Exchange], httpx2.Auth]:
    """The authorization of a service."""
    return lambda exchange: ServiceAuth(world.outputs, name, key, exchange)


@requirement("client:service")
async def test_a_service_gets_a_token_with_its_key_once_and_calls(nightly: World, key: rsa.RSAPrivateKey) -> None:
    """RFC 7523 §3: `aud` is the token endpoint, `kid` names the key; one token serves a session, none is stored."""
    assert await call(nightly, as_service(nightly, key)) == {"subject": "somebody"}

    (assertion,) = nightly.okta.assertions
    assert (assertion["aud"], assertion["iss"]) == (f"{nightly.okta.issuer}/v1/token", CLIENT)
    assert assertion["kid"] == public_jwk(key)["kid"]
    assert nightly.store.load(nightly.outputs.account) is None


@requirement("client:service")
async def test_a_token_that_ran_out_in_a_session_is_replaced(nightly: World, key: rsa.RSAPrivateKey) -> None:
    """A service has no refresh token; it asks anew (RFC 6749 §4.4.3)."""
    async with open_session_with(nightly.outputs, as_service(nightly, key), transport=nightly.wire) as session:
        await session.call_tool("whoami")
        nightly.okta.expire_access_tokens()
        assert await session.call_tool("whoami") == {"subject": "somebody"}
    assert len(nightly.okta.assertions) == 2


@requirement("client:service")
async def test_a_tool_beyond_a_services_scopes_is_refused_with_who_can_change_it(
    nightly: World, key: rsa.RSAPrivateKey
) -> None:
    """There is no step-up without a person (issue 5, item 7)."""
    with pytest.raises(NotAllowed, match="service nightly does not have mcp:write") as caught:
        await call(nightly, as_service(nightly, key), "remember")

    assert "`services`" in caught.value.remedy


@pytest.fixture
def unlisted(nightly: World) -> World:
    """A world in which nobody told the client of services, as with settings from `.env`; the service may write."""
    nightly.okta.services[CLIENT][1].add("mcp:write")
    nightly.outputs = replace(nightly.outputs, services={}, environment="")
    return nightly


@requirement("client:service-step-up")
async def test_a_service_that_the_settings_do_not_list_asks_once_for_what_a_tool_needs(
    unlisted: World, key: rsa.RSAPrivateKey
) -> None:
    """Nobody said which scopes it has, so the challenge does: the union with those it has (RFC 6750 §3.1)."""
    async with open_session_with(unlisted.outputs, as_service(unlisted, key, CLIENT), transport=unlisted.wire) as it:
        assert await it.call_tool("whoami") == {"subject": "somebody"}
        for _ in range(2):
            assert (await it.call_tool("remember", {"text": "tea"}))["text"] == "tea"

    assert [grant.scopes for grant in unlisted.okta.grants] == ["mcp:read", "mcp:read mcp:write"]


@requirement("client:service-step-up")
async def test_two_calls_that_need_different_scopes_get_both(unlisted: World, key: rsa.RSAPrivateKey) -> None:
    """The second waits for the first one's token, which is not enough for it (RFC 6750 §3.1)."""
    unlisted.okta.services[CLIENT][1].add("mcp:admin")
    async with to_okta(unlisted.outputs, unlisted.wire) as exchange:
        auth = ServiceAuth(unlisted.outputs, CLIENT, key, exchange)
        calls = [auth.async_auth_flow(httpx2.Request("POST", unlisted.outputs.url)) for _ in range(2)]
        for flow in calls:
            await anext(flow)
        for flow, scope in zip(calls, ("mcp:write", "mcp:admin"), strict=True):
            challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="mcp:read {scope}"'}
            await flow.asend(httpx2.Response(403, headers=challenge))

    assert [grant.scopes for grant in unlisted.okta.grants] == [
        "mcp:read",
        "mcp:read mcp:write",
        "mcp:read mcp:write mcp:admin",
    ]


@requirement("client:service-step-up")
async def test_a_service_that_okta_denies_more_keeps_what_it_has(unlisted: World, key: rsa.RSAPrivateKey) -> None:
    """Asked once in a session; the message names the scope, Okta's words and who can change it."""
    unlisted.okta.services[CLIENT][1].discard("mcp:write")
    async with open_session_with(unlisted.outputs, as_service(unlisted, key, CLIENT), transport=unlisted.wire) as it:
        for _ in range(2):
            with pytest.raises(NotAllowed, match=f"service {CLIENT} does not have mcp:write") as caught:
                await it.call_tool("remember", {"text": "tea"})
            assert await it.call_tool("whoami") == {"subject": "somebody"}

    asked = [request for request in unlisted.wire.sent if request.url.path.endswith("/token")]
    assert len(asked) == 2
    assert "Policy evaluation failed" in caught.value.message
    assert (caught.value.scopes, "`services`" in caught.value.remedy) == (("mcp:write",), True)


@requirement("client:service-step-up")
async def test_a_token_that_lacks_what_the_outputs_give_is_said(nightly: World, key: rsa.RSAPrivateKey) -> None:
    """Outputs and Okta differ: the message names the scope, and not the setting that is right already."""
    nightly.okta.services[CLIENT][1].add("mcp:write")
    nightly.outputs = replace(nightly.outputs, services={"nightly": Service(CLIENT, ("mcp:read", "mcp:write"))})
    async with open_session_with(nightly.outputs, as_service(nightly, key), transport=nightly.wire) as it:
        await it.call_tool("whoami")
        nightly.okta.grants[-1].scopes = "mcp:read"
        with pytest.raises(NotAllowed, match="for lack of mcp:read mcp:write, which its token should have") as caught:
            await it.call_tool("remember", {"text": "tea"})

    assert caught.value.remedy.startswith("who deploys it: mcp-okta up")
    assert len(nightly.okta.assertions) == 1


@requirement("client:service-step-up")
@pytest.mark.parametrize("listed", [True, False])
async def test_a_service_refused_without_a_scope_is_said(unlisted: World, key: rsa.RSAPrivateKey, listed: bool) -> None:
    """A challenge that names none: there is nothing to ask for."""
    if listed:
        unlisted.outputs = replace(unlisted.outputs, services={CLIENT: Service(CLIENT, ("mcp:read",))})
    unlisted.server.names_scopes = False
    with pytest.raises(NotAllowed, match="without saying which scope it lacks"):
        await call(unlisted, as_service(unlisted, key, CLIENT), "remember")

    assert len(unlisted.okta.assertions) == 1


@requirement("client:resource-identity")
async def test_metadata_of_a_parent_is_not_used_for_a_service_either(nightly: World, key: rsa.RSAPrivateKey) -> None:
    """RFC 9728 §3.3; the SDK's provider of services has no hook for it."""
    nightly.server.resource = nightly.outputs.url.removesuffix("/mcp")

    with pytest.raises(BadAnswer, match="not its own"):
        await call(nightly, as_service(nightly, key))
    assert nightly.okta.assertions == []


async def test_a_wrong_key_is_refused_in_oktas_words(nightly: World) -> None:
    """RFC 6749 §5.2: invalid_client."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    with pytest.raises(NotAllowed, match="signature is invalid"):
        await call(nightly, as_service(nightly, other))


async def test_an_unknown_service_is_named_with_those_there_are(nightly: World, key: rsa.RSAPrivateKey) -> None:
    """Issue 5, item 7: refused where the configuration does not allow it."""
    with pytest.raises(ServiceUnusable, match=r"no service 'weekly' \(it has: nightly\)"):
        await call(nightly, as_service(nightly, key, "weekly"))


@requirement("client:service-key")
def test_a_new_key_is_for_its_owner_only_and_never_overwrites(tmp_path: Path) -> None:
    """0600, and the public half has no private member (RFC 7517 §9.2)."""
    path = tmp_path / "nightly.pem"
    public = make_key(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(public) == ["e", "kid", "kty", "n"]
    assert public_jwk(read_key(str(path))) == public
    assert public_jwk(read_key(path.read_text())) == public
    with pytest.raises(ServiceUnusable, match="there already"):
        make_key(path)


@requirement("client:service-key")
def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """As ssh does; the remedy is the command."""
    path = tmp_path / "nightly.pem"
    make_key(path)
    path.chmod(0o644)

    with pytest.raises(ServiceUnusable, match="others may read") as caught:
        read_key(str(path))
    assert caught.value.remedy == f"chmod 600 {path}"


def test_what_is_no_rsa_key_is_refused_without_being_repeated(tmp_path: Path) -> None:
    """Absent, broken, of another kind, too short (RFC 7518 §3.3)."""
    curve = ec.generate_private_key(ec.SECP256R1())
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - that it is too short is the case
    pems = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() for key in (curve, short)]

    for source in (str(tmp_path / "absent.pem"), "-----BEGIN nonsense", *pems):
        with pytest.raises(ServiceUnusable) as caught:
            read_key(source)
        assert "BEGIN" not in str(caught.value)
    assert os.listdir(tmp_path) == []
