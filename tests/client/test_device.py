"""client/device.py: sign-in with a code on another device."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from client.device import DeviceCode
from client.errors import BadAnswer, NotAllowed, SignInFailed
from client.session import open_session
from client.sign_in import sign_in_by_device
from client.tokens import Tokens
from tests.client.fake_world import World
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


@dataclass
class Watch:
    """What the person was shown, and how long was waited, without waiting."""

    shown: list[DeviceCode] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        """Note the wait."""
        self.waited.append(seconds)


async def sign_in(world: World, watch: Watch, scopes: Sequence[str] = ()) -> Tokens:
    """Sign in by device."""
    return await sign_in_by_device(
        world.outputs, world.store, scopes, show=watch.shown.append, sleep=watch.sleep, transport=world.wire
    )


@requirement("client:device")
async def test_the_code_is_shown_and_the_answer_waited_for(world: World) -> None:
    """RFC 8628 §3.3 to §3.5: pending, slower, then tokens that are kept and renewed like any others."""
    world.okta.device_answers = ["authorization_pending", "slow_down", "authorization_pending"]
    watch = Watch()

    tokens = await sign_in(world, watch)

    assert (watch.shown[0].user_code, watch.shown[0].verification_uri) == ("ABCD-EFGH", f"{world.okta.origin}/activate")
    assert watch.waited == [5, 5, 10, 10]
    assert tokens.scopes == ("mcp:read", "offline_access")
    async with open_session(world.outputs, world.store, None, transport=world.wire) as session:
        assert await session.call_tool("whoami") == {"subject": "somebody"}


@requirement("client:device")
async def test_an_expired_token_of_a_device_sign_in_is_refreshed(world: World) -> None:
    """The stored metadata leads to the token endpoint (RFC 6749 §6)."""
    await sign_in(world, Watch())
    world.okta.expire_access_tokens()
    account = world.outputs.account
    stored = world.store.load(account)
    assert stored is not None
    world.store.save(account, replace(stored, expires_at=1.0))

    async with open_session(world.outputs, world.store, None, transport=world.wire) as session:
        assert await session.call_tool("whoami") == {"subject": "somebody"}
    assert world.okta.refreshes == 1


@requirement("client:device")
@pytest.mark.parametrize("says_so", [True, False])
async def test_a_stack_without_device_sign_in_is_named_with_the_key_to_set(world: World, says_so: bool) -> None:
    """By the outputs, or where they do not say, by Okta's answer (issue 5, item 7)."""
    world.okta.device_grant = False
    world.outputs = replace(world.outputs, device_login=False if says_so else None)

    with pytest.raises(NotAllowed, match="switched off") as caught:
        await sign_in(world, Watch())

    assert "deviceLogin true" in caught.value.remedy
    assert len([request for request in world.wire.sent if "device" in request.url.path]) == (0 if says_so else 1)


async def test_scopes_that_the_person_may_not_have_are_denied_with_the_groups(world: World) -> None:
    """Okta's rules decide at the end; who may grant is in the outputs (issue 5, item 3)."""
    with pytest.raises(NotAllowed, match="mcp:write") as caught:
        await sign_in(world, Watch(), ["mcp:write"])

    assert "mcp-editors" in caught.value.remedy


async def test_a_code_that_nobody_enters_ends_the_wait(world: World) -> None:
    """Bounded by `expires_in` (RFC 8628 §3.2)."""
    world.okta.device_answers = ["authorization_pending"] * 1000
    watch = Watch()

    with pytest.raises(SignInFailed, match="not entered in time"):
        await sign_in(world, watch)

    assert sum(watch.waited) == 600


async def test_an_expired_code_is_said(world: World) -> None:
    """RFC 8628 §3.5: expired_token."""
    world.okta.device_answers = ["expired_token"]

    with pytest.raises(SignInFailed, match="failed"):
        await sign_in(world, Watch())


async def test_metadata_of_another_issuer_is_refused(world: World) -> None:
    """RFC 8414 §3.3: the issuer must be identical; nothing is asked of the other."""
    world.okta.issuer = "https://acme.okta.com/oauth2/aus2"

    with pytest.raises(BadAnswer, match="another issuer"):
        await sign_in(world, Watch())


async def test_a_device_sign_in_ends_the_tokens_it_supersedes(world: World) -> None:
    """Okta would keep the old refresh token alive (docs/facts/mcp-on-lambda.md)."""
    first = await sign_in(world, Watch())
    second = await sign_in(world, Watch())

    assert world.okta.scopes_of(first.access_token) is None
    assert world.okta.scopes_of(second.access_token) is not None
