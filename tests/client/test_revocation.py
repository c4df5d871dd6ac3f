"""client/revocation.py: what becomes of tokens that Okta does not end. tests/client/test_sign_in.py has logout."""

import httpx2
import pytest

from client.errors import RevocationFailed
from client.exchange import Exchange
from client.revocation import forget, revoke_quietly
from client.session import open_session
from tests.client.fake_world import World
from tests.client.steps import call, stored
from tests.client.test_tokens import TOKENS
from tests.requirements import requirement

pytestmark = pytest.mark.anyio

BOTH, REFRESH, ACCESS = {"refresh_token", "access_token"}, {"refresh_token"}, {"access_token"}


def refusing(kinds: set[str], asked: list[str]) -> Exchange:
    """A way to an Okta that is too busy to end tokens of these kinds."""

    async def exchange(request: httpx2.Request) -> httpx2.Response:
        (kind,) = [kind for kind in BOTH if f"token_type_hint={kind}" in request.content.decode()]
        asked.append(kind)
        return httpx2.Response(429 if kind in kinds else 200, json={"error": "too_many_requests"})

    return exchange


@requirement("client:superseded-said")
@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (BOTH, "the refresh token and the access token that"),
        (REFRESH, "the refresh token that"),
        (ACCESS, "the access token that"),
        (set(), ""),
    ],
)
async def test_both_tokens_are_tried_and_those_that_stay_alive_are_said(kinds: set[str], said: str) -> None:
    """RFC 7009 §2.2.1; one line: which, why, and what to do; nothing of the tokens."""
    asked: list[str] = []
    notices: list[str] = []
    await revoke_quietly(TOKENS, refusing(kinds, asked), notices.append)

    assert asked == ["refresh_token", "access_token"]
    assert len(notices) == bool(said)
    for notice in notices:
        assert notice.startswith(said) and "too_many_requests" in notice and "Okta administrator" in notice
        assert "secret" not in notice and "\n" not in notice


@requirement("client:superseded-said")
async def test_a_step_up_says_that_the_old_tokens_stay_alive(world: World) -> None:
    """The call itself is done: the new tokens are worth more than a failure here."""
    await call(world, world.browser("editor"))
    notices: list[str] = []
    down = world.wire.hosts["acme.okta.com"]

    async def busy(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/revoke"):
            return httpx2.Response(503, request=request)
        return await down.handle_async_request(request)

    world.wire.hosts["acme.okta.com"] = httpx2.MockTransport(busy)
    async with open_session(
        world.outputs, world.store, world.browser("editor"), transport=world.wire, notice=notices.append
    ) as session:
        assert (await session.call_tool("remember", {"text": "tea"}))["text"] == "tea"

    (notice,) = notices
    assert "https://acme.okta.com/oauth2/aus1/v1/revoke" in notice and "status 503" in notice
    assert "mcp:write" in stored(world).scopes


@requirement("client:logout")
@pytest.mark.parametrize(
    ("kinds", "alive"),
    [(REFRESH, "the refresh token is good until Okta"), (ACCESS, "the access token is good until 19")],
)
async def test_logout_says_which_token_stays_alive(world: World, kinds: set[str], alive: str) -> None:
    """RFC 7009: the tokens go here in any case, and only what is left alive is named."""
    world.store.save(world.outputs.account, TOKENS)
    with pytest.raises(RevocationFailed, match="signed out here, but the tokens were not revoked") as error:
        await forget(world.outputs, world.store, refusing(kinds, []))

    assert alive in error.value.message and error.value.message.count(" is good until ") == 1
    assert world.store.load(world.outputs.account) is None
