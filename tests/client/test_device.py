"""client/device.py, client/device_code.py and client/polling.py: sign-in with a code on another device."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import httpx2
import pytest
from starlette.responses import JSONResponse

from client.device_code import DeviceCode
from client.errors import BadAnswer, NotAllowed, SignInFailed
from client.polling import Pace
from client.session import open_session
from client.sign_in import sign_in_by_device
from client.tokens import Tokens
from tests.client.fake_world import Wire, World
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


class Unreliable(httpx2.AsyncBaseTransport):
    """A wire that loses some of the requests to the token endpoint, counted from 1."""

    def __init__(self, wire: Wire, lost: Sequence[int]) -> None:
        self._wire = wire
        self._lost = lost
        self._polls = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Deliver the request, or let it time out."""
        self._polls += request.url.path.endswith("/token")
        if request.url.path.endswith("/token") and self._polls in self._lost:
            raise httpx2.ReadTimeout("", request=request)
        return await self._wire.handle_async_request(request)


async def sign_in(world: World, watch: Watch, scopes: Sequence[str] = (), wire: Unreliable | None = None) -> Tokens:
    """Sign in by device."""
    return await sign_in_by_device(
        world.outputs, world.store, scopes, show=watch.shown.append, sleep=watch.sleep, transport=wire or world.wire
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


@requirement("client:device-trouble")
@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_server_in_trouble_is_asked_again_more_slowly(world: World, status: int) -> None:
    """RFC 8628 §3.5: as after `slow_down`; the code that the person has just entered is not lost."""
    world.okta.device_troubles = [None, JSONResponse({}, status)]
    world.okta.device_answers = ["authorization_pending"] * 2
    watch = Watch()

    tokens = await sign_in(world, watch)

    assert watch.waited == [5, 5, 10, 10]
    assert tokens.scopes == ("mcp:read", "offline_access")


@requirement("client:device-trouble")
async def test_a_poll_that_nobody_answers_is_made_again(world: World) -> None:
    """RFC 8628 §3.5: on a connection timeout the client slows down and retries."""
    watch, wire = Watch(), Unreliable(world.wire, lost=[2, 3])
    world.okta.device_answers = ["authorization_pending"]

    tokens = await sign_in(world, watch, wire=wire)

    assert watch.waited == [5, 5, 10, 15]
    assert tokens.scopes == ("mcp:read", "offline_access")


@requirement("client:device-trouble")
@pytest.mark.parametrize(
    ("asked", "waited"), [("20", 20), ("1", 10), ("0", 10), ("86400", 60), ("-5", 10), ("soon", 10), ("1e9", 10)]
)
async def test_the_wait_that_the_server_asks_for_is_kept_within_bounds(world: World, asked: str, waited: float) -> None:
    """RFC 9110 §10.2.3: for one poll; never sooner than the interval, and at most a minute (ours)."""
    world.okta.device_troubles = [JSONResponse({}, 429, headers={"Retry-After": asked})]
    world.okta.device_answers = ["authorization_pending"]
    watch = Watch()

    await sign_in(world, watch)

    assert watch.waited == [5, waited, 10]


@requirement("client:device-trouble")
async def test_trouble_that_lasts_until_the_code_runs_out_is_told(world: World) -> None:
    """Bounded by `expires_in`; the last failure is what the person can act on."""
    world.okta.device_troubles = [JSONResponse({}, 503)] * 1000
    watch = Watch()

    with pytest.raises(SignInFailed, match=r"ran out.*/v1/token answered 503") as error:
        await sign_in(world, watch)

    assert 600 <= sum(watch.waited) < 700
    assert error.value.remedy == "mcp-okta login --device"


@requirement("client:device-trouble")
async def test_the_time_that_answers_take_counts_like_the_pauses() -> None:
    """A server that answers each poll after a minute does not keep the person waiting for ever."""
    begun = time.monotonic()

    assert Pace(5, 600, started=begun - 601).over
    assert not Pace(5, 600, started=begun).over
    assert Pace(5, 600, waited=600, started=begun).over


async def test_trouble_that_ended_is_not_blamed(world: World) -> None:
    """The code was not entered: that an earlier poll failed is no matter."""
    world.okta.device_troubles = [JSONResponse({}, 503)]
    world.okta.device_answers = ["authorization_pending"] * 1000

    with pytest.raises(SignInFailed, match="not entered in time"):
        await sign_in(world, Watch())


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
