"""The issuer's keys: cached, renewed, bounded."""

import json
import logging
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import anyio
import anyio.lowlevel
import httpx2
import pytest

from lambda_server.auth.errors import CheckUnavailable, UnknownKey
from lambda_server.auth.jwks import (
    BRIEF_PAUSE_SECONDS,
    BRIEF_SECONDS,
    FRESH_SECONDS,
    PAUSE_SECONDS,
    STALE_SECONDS,
    Keys,
)
from lambda_server.auth.key_set import read_keys
from lambda_server.auth.okta import LARGEST_ANSWER, LONGEST_SECONDS, okta_client
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


@requirement("journeys:okta-down")
@requirement("server:keys")
@pytest.mark.anyio
async def test_warm_callers_notice_nothing_while_okta_hangs_and_keys_are_old(
    keys: Keys, okta: OktaInMemory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Issue 5, must show, beyond FRESH_SECONDS too: one caller waits, for a second at most; the others not at all."""
    assert BRIEF_SECONDS <= 1
    monkeypatch.setattr("lambda_server.auth.jwks.BRIEF_SECONDS", 0.2)
    await keys.find("k1")
    okta.hangs, found = True, list[str]()
    okta.clock += FRESH_SECONDS + 1

    async def look(name: str) -> None:
        assert await keys.find("k1")
        found.append(name)

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(look, "first")
            for _ in range(20):
                group.start_soon(look, "other")
    assert found == ["other"] * 20 + ["first"]
    okta.clock += BRIEF_PAUSE_SECONDS - 1
    with anyio.fail_after(0.1):
        await look("in the pause")

    assert (len(okta.asked), reasons(caplog)) == (2, ["okta_timeout"])


@requirement("server:keys")
@pytest.mark.anyio
async def test_old_keys_are_renewed_in_passing_and_do_not_keep_a_new_one_from_being_found(
    keys: Keys, okta: OktaInMemory
) -> None:
    """Whoever needs a key that is not held asks after the pause, though those who hold theirs wait longer (ours)."""
    await keys.find("k1")
    okta.instead = DOWN
    okta.clock += FRESH_SECONDS
    await keys.find("k1")
    okta.instead, okta.kids = None, ["k1", "k2"]
    okta.clock += PAUSE_SECONDS
    await keys.find("k1")
    assert len(okta.asked) == 2
    assert await keys.find("k2")
    okta.clock += FRESH_SECONDS
    await keys.find("k1")
    await keys.find("k1")

    assert len(okta.asked) == 4


@pytest.mark.anyio
async def test_who_holds_a_key_asks_again_after_the_longer_pause(keys: Keys, okta: OktaInMemory) -> None:
    """Once per BRIEF_PAUSE_SECONDS, so that one call in so many waits at all; the bound itself is in (ours)."""
    await keys.find("k1")
    okta.instead = DOWN
    okta.clock += FRESH_SECONDS
    await keys.find("k1")
    okta.clock += BRIEF_PAUSE_SECONDS
    await keys.find("k1")

    assert len(okta.asked) == 3


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

    assert list(read_keys({"keys": ["junk", changed, entry | {"kid": "good"}]})) == ["good"]


@requirement("server:keys")
@pytest.mark.anyio
@pytest.mark.parametrize("answer", [None, httpx2.Response(500), DOWN])
async def test_five_hundred_unknown_kids_at_once_are_one_request(
    keys: Keys, okta: OktaInMemory, answer: httpx2.Response | httpx2.HTTPError | None
) -> None:
    """Made-up kids are no way to make Okta work, be it up or down (issue 5 §4); good ones are found meanwhile."""
    await keys.find("k1")
    okta.instead = answer
    okta.clock += PAUSE_SECONDS
    outcomes: Counter[str] = Counter()

    async def look(kid: str) -> None:
        try:
            await keys.find(kid)
            outcomes["found"] += 1
        except (UnknownKey, CheckUnavailable) as error:
            outcomes[error.code] += 1

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for number in range(500):
                group.start_soon(look, f"unknown-{number}")
            group.start_soon(look, "k1")

    assert len(okta.asked) == 2
    assert outcomes == {"found": 1, "unknown_key" if answer is None else "check_unavailable": 500}


@pytest.mark.anyio
async def test_callers_of_a_cold_process_share_one_fetch(keys: Keys, okta: OktaInMemory) -> None:
    """Single flight (issue 5 §4)."""
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(keys.find, "k1")

    assert len(okta.asked) == 1


@requirement("server:keys")
@pytest.mark.anyio
async def test_a_rotation_in_the_middle_of_a_session_goes_unnoticed(keys: Keys, okta: OktaInMemory) -> None:
    """Okta key rotation: the new key is found at its first token, and the old one's tokens stay good."""
    await keys.find("k1")
    okta.clock += PAUSE_SECONDS
    okta.kids = ["k1", "k2"]

    assert await keys.find("k2") and await keys.find("k1")
    assert len(okta.asked) == 2


@requirement("server:keys")
@pytest.mark.anyio
async def test_while_okta_is_down_an_unknown_kid_is_neither_good_nor_bad(keys: Keys, okta: OktaInMemory) -> None:
    """It may be the kid of a key made since: a refusal would make clients throw good tokens away (ours)."""
    await keys.find("k1")
    okta.instead = DOWN
    okta.clock += PAUSE_SECONDS
    for kid in ("k2", "k2"):
        with pytest.raises(CheckUnavailable, match="keys_unavailable"):
            await keys.find(kid)
    okta.instead = None
    okta.clock += PAUSE_SECONDS

    with pytest.raises(UnknownKey):
        await keys.find("k2")


@requirement("server:keys")
@pytest.mark.anyio
async def test_how_long_old_keys_serve_is_a_setting_and_each_failure_is_logged(
    okta: OktaInMemory, caplog: pytest.LogCaptureFixture
) -> None:
    """KEYS_STALE_SECONDS; an operator sees that old keys serve (ours)."""
    caplog.set_level(logging.WARNING)
    keys = Keys(okta_client(ISSUER, okta), ISSUER, okta.now, stale_seconds=60)
    await keys.find("k1")
    okta.instead = DOWN
    okta.clock += FRESH_SECONDS + 59
    assert await keys.find("k1")
    okta.clock += PAUSE_SECONDS
    with pytest.raises(CheckUnavailable):
        await keys.find("k1")

    said = [record.fields for record in caplog.records if record.message == "keys not fetched"]
    assert [(fields["reason"], fields["old_keys"]) for fields in said] == [("okta_unreachable", 1)] * 2


@pytest.mark.anyio
async def test_a_set_without_a_usable_key_is_a_failure_with_a_name(
    keys: Keys, okta: OktaInMemory, caplog: pytest.LogCaptureFixture
) -> None:
    """An empty set must not forget the keys that serve (ours)."""
    okta.kids = []
    with pytest.raises(CheckUnavailable):
        await keys.find("k1")

    assert reasons(caplog) == ["keys_unusable"]


def reasons(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Why the keys were not fetched, as logged."""
    return [record.fields["reason"] for record in caplog.records if record.message == "keys not fetched"]


class Drip(httpx2.AsyncByteStream):
    """A body that comes a byte at a time and never ends."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """One byte after the other."""
        while True:
            await anyio.lowlevel.checkpoint()
            yield b" "


@requirement("server:keys")
@pytest.mark.anyio
async def test_an_answer_that_drips_is_given_up(
    keys: Keys, okta: OktaInMemory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The time for a whole answer is bounded, however alive the connection is (CWE-400; slow loris)."""
    assert LONGEST_SECONDS <= 10
    monkeypatch.setattr("lambda_server.auth.okta.LONGEST_SECONDS", 0.05)
    monkeypatch.setattr("lambda_server.auth.okta.LARGEST_ANSWER", 10**9)
    okta.instead = httpx2.Response(200, stream=Drip())
    with anyio.fail_after(5):
        with pytest.raises(CheckUnavailable):
            await keys.find("k1")

    assert reasons(caplog) == ["okta_timeout"]


@pytest.mark.anyio
async def test_an_answer_of_the_largest_size_is_read(keys: Keys, okta: OktaInMemory) -> None:
    """The bound itself is in (ours)."""
    okta.instead = httpx2.Response(200, content=json.dumps(okta.key_set()).encode().ljust(LARGEST_ANSWER))

    assert await keys.find("k1")


class Watched(httpx2.AsyncByteStream):
    """A body that notices when it is closed."""

    closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """An empty body."""
        yield b""

    async def aclose(self) -> None:
        """Remember it."""
        self.closed = True


@pytest.mark.anyio
async def test_the_connection_of_a_refused_answer_is_given_back(keys: Keys, okta: OktaInMemory) -> None:
    """Or the client would run out of connections while Okta answers with errors (CWE-772)."""
    body = Watched()
    okta.instead = httpx2.Response(500, stream=body)
    with pytest.raises(CheckUnavailable):
        await keys.find("k1")

    assert body.closed


@pytest.mark.parametrize("junk,counts", [([], []), (["junk", {}], [2])])
def test_what_is_passed_over_is_counted_in_the_log(
    okta: OktaInMemory, caplog: pytest.LogCaptureFixture, junk: list[Any], counts: list[int]
) -> None:
    """An operator sees that Okta publishes what is not understood (ours)."""
    read_keys({"keys": okta.key_set()["keys"] + junk})

    assert [record.fields["count"] for record in caplog.records if record.message == "keys passed over"] == counts
