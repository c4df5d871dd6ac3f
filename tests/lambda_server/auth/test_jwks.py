"""The issuer's keys: cached, renewed, bounded."""

import json
from typing import Any

import httpx2
import pytest

from lambda_server.auth.errors import CheckUnavailable, UnknownKey
from lambda_server.auth.jwks import FRESH_SECONDS, PAUSE_SECONDS, STALE_SECONDS, Keys, read_keys
from lambda_server.auth.okta import LARGEST_ANSWER, okta_client
from tests.lambda_server.okta_in_memory import ISSUER, OktaInMemory, key
from tests.requirements import requirement

DOWN = httpx2.ConnectError("down")
ANOTHER = key("k2").as_dict(private=False)


@pytest.fixture
def keys(okta: OktaInMemory) -> Keys:
    """The cache under test, which shares the issuer's clock."""
    return Keys(okta_client(ISSUER, okta), ISSUER, okta.now)


@pytest.mark.anyio
async def test_keys_are_fetched_once_while_they_are_fresh(keys: Keys, okta: OktaInMemory) -> None:
    """One request serves many calls; the address is the issuer's /v1/keys (docs/facts/okta.md §2)."""
    for _ in range(3):
        await keys.find("k1")
    okta.clock += FRESH_SECONDS - 1
    await keys.find("k1")

    assert [str(request.url) for request in okta.asked] == [f"{ISSUER}/v1/keys"]


@requirement("server:keys")
@pytest.mark.anyio
async def test_an_unknown_kid_fetches_again_but_not_more_often_than_the_pause(keys: Keys, okta: OktaInMemory) -> None:
    """Okta key rotation: rate-limited, so that made-up kids do not become requests to Okta."""
    await keys.find("k1")
    okta.kids = ["k1", "k2"]
    for _ in range(5):
        with pytest.raises(UnknownKey):
            await keys.find("k2")
    assert len(okta.asked) == 1
    okta.clock += PAUSE_SECONDS

    assert await keys.find("k2")
    assert len(okta.asked) == 2


@requirement("server:keys")
@pytest.mark.anyio
async def test_failures_are_rate_limited_too(keys: Keys, okta: OktaInMemory) -> None:
    """While Okta is down it is asked once per pause, and the answer is neither yes nor no."""
    okta.instead = DOWN
    for _ in range(5):
        with pytest.raises(CheckUnavailable):
            await keys.find("k1")
    assert len(okta.asked) == 1
    okta.instead = None
    okta.clock += PAUSE_SECONDS

    assert await keys.find("k1")


@requirement("server:keys")
@pytest.mark.anyio
async def test_old_keys_serve_while_okta_is_down_but_not_for_ever(keys: Keys, okta: OktaInMemory) -> None:
    """Bounded: a key that Okta withdrew must not be good for longer than a day (ours)."""
    await keys.find("k1")
    okta.instead = DOWN
    okta.clock += FRESH_SECONDS + STALE_SECONDS - 1
    assert await keys.find("k1")
    okta.clock += 1

    with pytest.raises(CheckUnavailable):
        await keys.find("k1")


@pytest.mark.anyio
async def test_a_key_that_okta_withdrew_is_forgotten(keys: Keys, okta: OktaInMemory) -> None:
    """A fetch replaces the keys, it does not add to them (Okta key rotation)."""
    await keys.find("k1")
    okta.kids = ["k2"]
    okta.clock += FRESH_SECONDS

    assert await keys.find("k2")
    with pytest.raises(UnknownKey):
        await keys.find("k1")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(500),
        httpx2.Response(302, headers={"location": "https://evil.example.com/keys"}),
        httpx2.Response(200, content=b"<html>"),
        httpx2.Response(200, content=b"[" * 100_000),
        httpx2.Response(200, json=[]),
        httpx2.Response(200, json={}),
        httpx2.Response(200, json={"keys": []}),
        httpx2.Response(200, json={"keys": "k1"}),
        httpx2.Response(200, content=json.dumps({"keys": [ANOTHER]}).encode().ljust(LARGEST_ANSWER + 1)),
    ],
)
async def test_an_answer_that_is_no_key_set_leaves_the_old_keys(
    keys: Keys, okta: OktaInMemory, answer: httpx2.Response
) -> None:
    """Malformed, oversized and redirected answers are refused (issue 3)."""
    await keys.find("k1")
    okta.instead = answer
    okta.clock += FRESH_SECONDS

    assert await keys.find("k1")
    assert len(okta.asked) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "EC"},
        {"use": "enc"},
        {"alg": "RS512"},
        {"kid": None},
        {"kid": 1},
        {"n": None},
        {"n": "*"},
        {"e": ""},
        {"n": "AQAB" * 42},  # about 1000 bits
    ],
)
def test_a_key_for_something_else_is_passed_over(change: dict[str, Any]) -> None:
    """RFC 7517 §5; RFC 7518 §3.3 (2048 bits or more)."""
    entry = key("k1").as_dict(private=False)
    changed = {name: value for name, value in (entry | change).items() if value is not None}

    assert [kid for kid, _ in read_keys({"keys": ["junk", changed, entry | {"kid": "good"}]})] == ["good"]
