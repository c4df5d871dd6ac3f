"""client/given.py: calls by a token that somebody else got."""

import secrets

import jwt
import pytest

from client.errors import NotAllowed, SignInNeeded
from client.given import GivenToken
from client.session import open_session_with
from tests.client.fake_world import URL, World
from tests.client.steps import call, stored
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


async def call_with(world: World, token: str, tool: str = "whoami") -> dict:
    """Call a tool by this token."""
    async with open_session_with(world.outputs, lambda _: GivenToken(world.outputs, token), transport=world.wire) as it:
        return await it.call_tool(tool)


def token_for(audience: object) -> str:
    """A token that says for whom it is, of an Okta that nobody knows."""
    return jwt.encode({"aud": audience, "sub": "ci"}, secrets.token_hex(32), "HS256")


@requirement("client:given-token")
async def test_a_token_from_the_environment_is_used_as_it_is(world: World) -> None:
    """For CI (issue 5, item 7): nothing is asked of Okta, nothing is stored."""
    await call(world, world.browser("reader"))
    token = stored(world).access_token
    world.store.remove(world.outputs.account)
    world.wire.sent.clear()

    assert await call_with(world, token) == {"subject": "somebody"}
    assert {request.url.host for request in world.wire.sent} == {world.outputs.url.split("/")[2]}
    assert world.store.load(world.outputs.account) is None


@requirement("client:given-token")
async def test_a_given_token_that_is_not_taken_or_not_enough_is_said_without_it(world: World) -> None:
    """Exit codes 3 and 4; the token is in no message."""
    stale = token_for(URL)
    words = "does not take the token in TOKEN: expired, revoked, or of an app that this server does not take"
    with pytest.raises(SignInNeeded, match=words) as refused:
        await call_with(world, stale)
    await call(world, world.browser("reader"))
    token = stored(world).access_token
    with pytest.raises(NotAllowed, match="mcp:write") as lacking:
        await call_with(world, token, "remember")

    assert stale not in str(refused.value) and token not in str(lacking.value)


@requirement("client:given-token-audience")
@pytest.mark.parametrize(
    "audience",
    ["https://real.example/mcp", f"{URL}/", URL.upper(), "", None, [], [URL, "https://real.example/mcp"], {"url": URL}],
)
async def test_a_token_for_another_server_is_never_sent_to_this_one(world: World, audience: object) -> None:
    """RFC 8707 §2, RFC 9700 §4.9.1: a `.env` in a folder that somebody else filled may name any server."""
    with pytest.raises(SignInNeeded, match="it was not sent") as error:
        await call_with(world, token_for(audience))

    assert URL in error.value.message and error.value.exit_code == 3
    assert world.wire.sent == []


@requirement("client:given-token-audience")
async def test_the_message_names_the_server_that_the_token_is_for(world: World) -> None:
    """Nothing else of the token is in it; what could move a terminal's cursor is not shown."""
    with pytest.raises(SignInNeeded, match=r"is for https://real\.example/mcp, not for https://abc123") as error:
        await call_with(world, token_for("https://real.example/mcp"))
    with pytest.raises(SignInNeeded) as hostile:
        await call_with(world, token_for("https://real.example/\x1b[2J"))

    assert "mcp-okta outputs" in error.value.remedy
    assert "\x1b" not in hostile.value.message


@requirement("client:given-token-audience")
@pytest.mark.parametrize("token", ["opaque", "a.b.c", "a.bnVsbA.c", "eyJhbGciOiJub25lIn0.W10.", "one.two"])
async def test_a_token_that_does_not_say_for_whom_it_is_is_never_sent(world: World, token: str) -> None:
    """Okta's authorization servers issue JWTs alone (Okta, access tokens); for anything else nobody can tell."""
    with pytest.raises(SignInNeeded, match="does not say for which server") as error:
        await call_with(world, token)

    assert token not in error.value.message
    assert world.wire.sent == []


@pytest.mark.parametrize("token", ["two words", "line\nbreak", " padded", "tökén"])
async def test_what_cannot_be_a_token_is_refused_before_it_is_sent(world: World, token: str) -> None:
    """RFC 6750 §2.1: one word of ASCII."""
    with pytest.raises(SignInNeeded, match="holds no bearer token"):
        GivenToken(world.outputs, token)
    assert world.wire.sent == []
