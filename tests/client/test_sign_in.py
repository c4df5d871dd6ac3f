"""client/sign_in.py: sign in and out without a session."""

from collections.abc import Callable

import anyio
import httpx2
import pytest

from client.errors import ClientError, NotAllowed, SignInFailed
from client.sign_in import sign_in, sign_out
from tests.client.fake_world import World
from tests.client.steps import call
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


async def test_a_sign_in_that_nobody_finishes_ends_in_time(world: World) -> None:
    """A bounded wait (RFC 8252 leaves it to us); the error names the redirect URI."""

    async def walk_away(url: str) -> None:
        return None

    with pytest.raises(SignInFailed, match=r"not finished within 0 seconds: nothing arrived at http://127"):
        await sign_in(world.outputs, world.store, walk_away, transport=world.wire, sign_in_seconds=0.05)


@requirement("client:private-address")
async def test_what_a_browser_leaves_is_removed_when_the_sign_in_is_over(world: World) -> None:
    """Not before: a browser may return before it has read it. And also where the sign-in fails."""
    left: list[str] = []
    browser = world.browser("reader")

    async def leave(url: str) -> Callable[[], None]:
        assert left == []
        await browser(url)
        left.append(url)
        return left.clear

    await sign_in(world.outputs, world.store, leave, transport=world.wire)
    assert left == []

    browser.person = "outsider"
    with pytest.raises(NotAllowed):
        await sign_in(world.outputs, world.store, leave, transport=world.wire)
    assert (left, len(browser.opened)) == ([], 2)


@requirement("client:answering-issuer")
async def test_an_answer_of_another_issuer_is_refused_before_its_code_is_used(world: World) -> None:
    """RFC 9207 §2.4 (mix-up); the SDK compares, and no token request follows."""

    async def mixed_up(url: str) -> None:
        async with httpx2.AsyncClient(transport=world.wire) as okta:
            answer = await okta.get(url, headers={"x-person": "reader"})
        async with httpx2.AsyncClient() as loopback:
            await loopback.get(f"{answer.headers['location']}&iss=https%3A%2F%2Fevil.okta.com%2Foauth2%2Faus1")

    with pytest.raises(SignInFailed, match="iss mismatch"):
        await sign_in(world.outputs, world.store, mixed_up, transport=world.wire)

    assert not any(request.url.path.endswith("/token") for request in world.wire.sent)
    assert world.store.load(world.outputs.account) is None


async def test_a_browser_that_never_returns_does_not_hold_the_sign_in(world: World) -> None:
    """Some commands in $BROWSER end only when the window is closed."""
    browser = world.browser("reader")

    async def stay_open(url: str) -> None:
        await browser(url)
        await anyio.sleep_forever()

    tokens = await sign_in(world.outputs, world.store, stay_open, transport=world.wire)

    assert tokens.scopes == ("mcp:read", "offline_access")


@requirement("client:logout")
async def test_logout_revokes_and_forgets_and_can_be_repeated(world: World) -> None:
    """RFC 7009; issue 3, must show."""
    await call(world, world.browser("reader"))

    assert await sign_out(world.outputs, world.store, transport=world.wire) is True
    assert await sign_out(world.outputs, world.store, transport=world.wire) is False

    assert world.store.load(world.outputs.account) is None
    assert [(grant.refresh, grant.access) for grant in world.okta.grants] == [(None, set())]


@requirement("client:logout")
async def test_logout_without_okta_forgets_and_says_so(world: World) -> None:
    """The tokens go in any case; exit code 1, and until when they stay good."""
    await call(world, world.browser("reader"))
    del world.wire.hosts["acme.okta.com"]

    with pytest.raises(ClientError, match="signed out here, but the tokens were not revoked") as error:
        await sign_out(world.outputs, world.store, transport=world.wire)

    assert error.value.exit_code == 1
    assert world.store.load(world.outputs.account) is None
