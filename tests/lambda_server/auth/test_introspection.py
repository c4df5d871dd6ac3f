"""TOKEN_CHECK=introspection: what is good by signature and claims, Okta is asked about; its answer is checked, too."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import anyio
import httpx2
import pytest

from lambda_server.auth.errors import CheckUnavailable, InactiveToken, RefusedToken, WrongClaim
from lambda_server.auth.flights import Flights
from lambda_server.auth.introspection import CACHE_ENTRIES, CACHE_SECONDS, IntrospectionVerifier
from lambda_server.auth.okta import okta_client
from lambda_server.auth.verifier import Verifier, build_verifier
from lambda_server.settings import Settings
from tests.lambda_server.okta_in_memory import CLIENT_ID, ISSUER, URL, OktaInMemory
from tests.requirements import requirement


@pytest.fixture
def verifier(settings: Settings, okta: OktaInMemory) -> Verifier:
    """The verifier that TOKEN_CHECK=introspection asks for."""
    asking = replace(settings, token_check="introspection")
    okta.broken = ("introspect",)
    return build_verifier(asking, okta_client(ISSUER, okta), okta.now)


@requirement("server:introspection")
@pytest.mark.anyio
async def test_okta_is_asked_as_a_public_client_asks(verifier: Verifier, okta: OktaInMemory) -> None:
    """RFC 7662 §2.1; the client id is a parameter and there is no Authorization header (docs/facts/okta.md §2)."""
    token = okta.token()
    access = await verifier.verify(token)

    assert isinstance(verifier, IntrospectionVerifier)
    assert (access.subject, access.client_id, access.scopes) == ("reader@example.com", CLIENT_ID, ["mcp:read"])
    [request] = okta.introspections()
    assert str(request.url) == f"{ISSUER}/v1/introspect" and "authorization" not in request.headers
    assert (request.headers["accept"], request.headers["accept-encoding"]) == ("application/json", "identity")
    assert parse_qs(request.content.decode()) == {
        "token": [token],
        "token_type_hint": ["access_token"],
        "client_id": [CLIENT_ID],
    }


@requirement("server:introspection")
@pytest.mark.anyio
async def test_a_revoked_token_is_refused_once_the_short_cache_ends(verifier: Verifier, okta: OktaInMemory) -> None:
    """RFC 7662 §4: a cache trades freshness for requests, so it is short."""
    token = okta.token()
    await verifier.verify(token)
    okta.revoked.add(token)
    await verifier.verify(token)
    assert len(okta.introspections()) == 1
    okta.clock += CACHE_SECONDS

    with pytest.raises(InactiveToken):
        await verifier.verify(token)


@pytest.mark.anyio
async def test_the_cache_never_outlives_the_token(verifier: Verifier, okta: OktaInMemory) -> None:
    """RFC 7662 §4: not beyond `exp`."""
    token = okta.token(exp=int(okta.clock) + 1)
    await verifier.verify(token)
    okta.clock += 1

    with pytest.raises(InactiveToken):
        await verifier.verify(token)


@requirement("server:introspection")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "answer",
    [
        httpx2.ReadTimeout("slow"),
        httpx2.Response(500),
        httpx2.Response(401, json={"errorCode": "invalid_client"}),
        httpx2.Response(200, content=b"active"),
    ],
)
async def test_without_a_judgement_nobody_gets_in(
    verifier: Verifier, okta: OktaInMemory, answer: httpx2.Response | httpx2.HTTPError
) -> None:
    """Fails closed (issue 3), and failures are not cached."""
    okta.instead = answer
    with pytest.raises(CheckUnavailable):
        await verifier.verify(okta.token())
    okta.instead = None

    await verifier.verify(okta.token())


@pytest.mark.anyio
@pytest.mark.parametrize("active", ["true", 1, None])
async def test_active_means_true(verifier: Verifier, okta: OktaInMemory, active: object) -> None:
    """RFC 7662 §2.2: a boolean."""
    okta.instead = httpx2.Response(200, json={"active": active, "iss": ISSUER, "aud": URL})

    with pytest.raises(InactiveToken):
        await verifier.verify(okta.token())


@requirement("server:audience")
@pytest.mark.anyio
@pytest.mark.parametrize("claim,value", [("aud", "https://other.example.com/mcp"), ("iss", "x"), ("client_id", "0oa2")])
async def test_an_active_token_for_something_else_is_refused(
    verifier: Verifier, okta: OktaInMemory, claim: str, value: str
) -> None:
    """The same claims are checked on Okta's answer (issue 3); what the token itself says is not believed."""
    token = okta.token()
    answer = okta.introspect({"token": [token], "client_id": [CLIENT_ID]})
    okta.instead = httpx2.Response(200, json=answer | {claim: value})

    with pytest.raises(WrongClaim):
        await verifier.verify(token)


@requirement("server:introspection")
@pytest.mark.anyio
async def test_what_cannot_be_good_is_not_sent_to_okta(verifier: Verifier, okta: OktaInMemory) -> None:
    """Or anybody could make the function call Okta as often as they like (CWE-406): each is refused as in jwt mode."""
    forged = f"{okta.token().rpartition('.')[0]}.{okta.token(jti='AT.2').rpartition('.')[2]}"
    refused = {
        "junk": "token_segments",
        okta.token(cid="0oa-another-app"): "cid_wrong",
        okta.token(kid="stranger"): "key_unknown",
        forged: "signature_wrong",
        forged.rpartition(".")[0] + ".": "signature_wrong",
    }
    for token, reason in refused.items():
        with pytest.raises(RefusedToken) as caught:
            await verifier.verify(token)
        assert caught.value.reason == reason

    assert [request.url.path for request in okta.asked] == ["/oauth2/aus1/v1/keys"]


@requirement("server:introspection")
@pytest.mark.anyio
async def test_a_revoked_token_sent_a_hundred_times_is_one_question(verifier: Verifier, okta: OktaInMemory) -> None:
    """That it is not active is remembered as long as that it is (ours)."""
    token = okta.token()
    okta.revoked.add(token)
    for _ in range(100):
        with pytest.raises(InactiveToken, match="token_inactive"):
            await verifier.verify(token)
    assert len(okta.introspections()) == 1
    okta.revoked.clear()
    okta.clock += CACHE_SECONDS

    assert await verifier.verify(token)


@pytest.mark.anyio
async def test_that_a_token_is_inactive_is_known_until_its_claims_say_so(
    verifier: Verifier, okta: OktaInMemory, settings: Settings
) -> None:
    """Okta has no leeway and the claims have one, in which each request would ask again (ours)."""
    token = okta.token(exp=int(okta.clock))
    okta.clock += settings.leeway_seconds - 1
    for _ in range(3):
        with pytest.raises(InactiveToken):
            await verifier.verify(token)
    assert len(okta.introspections()) == 1
    okta.clock += 1

    with pytest.raises(WrongClaim, match="exp_past"):
        await verifier.verify(token)


@requirement("server:introspection")
@pytest.mark.anyio
async def test_without_the_issuer_s_keys_nothing_is_known_as_in_jwt_mode(
    verifier: Verifier, okta: OktaInMemory
) -> None:
    """Fails closed, and Okta is asked nothing about a token that may be forged (ours)."""
    okta.broken, okta.instead = ("keys",), httpx2.ConnectError("down")

    with pytest.raises(CheckUnavailable, match="keys_unavailable"):
        await verifier.verify(okta.token())
    assert okta.introspections() == []


@requirement("server:introspection")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "claim,value",
    [("client_id", "0oa-second"), ("sub", "x"), ("uid", "x"), ("exp", 1), ("iat", 1), ("jti", "x"), ("scope", "x")],
)
async def test_an_answer_about_another_token_is_refused(
    settings: Settings, okta: OktaInMemory, claim: str, value: Any
) -> None:
    """Each claim by itself, however good the answer is otherwise; of two apps that are both ours, too (RFC 7662 §4)."""
    ours = replace(settings, token_check="introspection", client_ids=(CLIENT_ID, "0oa-second"))
    verifier, token = build_verifier(ours, okta_client(ISSUER, okta), okta.now), okta.token()
    answer = okta.introspect({"token": [token], "client_id": [CLIENT_ID]})
    other = answer[claim] + value if isinstance(value, int) else value
    okta.broken, okta.instead = ("introspect",), httpx2.Response(200, json=answer | {claim: other})

    with pytest.raises(InactiveToken, match="answer_mismatch"):
        await verifier.verify(token)


@pytest.mark.anyio
async def test_the_cache_is_bounded(verifier: Verifier, okta: OktaInMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that lives for hours keeps no more than so many tokens' answers, and no token at all (ours)."""
    assert CACHE_ENTRIES <= 1024
    monkeypatch.setattr("lambda_server.auth.introspection.CACHE_ENTRIES", 1)
    first, second = okta.token(), okta.token(jti="AT.2")
    for token in (first, second, first):
        await verifier.verify(token)

    assert len(okta.introspections()) == 3


@requirement("server:introspection")
@pytest.mark.anyio
@pytest.mark.parametrize("answer", [None, httpx2.Response(500)])
async def test_the_same_token_many_times_at_once_is_one_question(
    verifier: Verifier, okta: OktaInMemory, answer: httpx2.Response | None
) -> None:
    """Single flight per token, and a failure is shared too (issue 5 §4)."""
    okta.instead, outcomes, token = answer, set[bool](), okta.token()

    async def ask() -> None:
        try:
            await verifier.verify(token)
            outcomes.add(True)
        except CheckUnavailable:
            outcomes.add(False)

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(ask)

    assert (len(okta.introspections()), outcomes) == (1, {answer is None})


@pytest.mark.anyio
async def test_different_tokens_at_once_are_different_questions(verifier: Verifier, okta: OktaInMemory) -> None:
    """No caller gets another's answer (ours)."""
    subjects = [f"person{number}@example.com" for number in range(20)]
    found = {}

    async def ask(subject: str) -> None:
        found[subject] = (await verifier.verify(okta.token(sub=subject))).subject

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            for subject in subjects:
                group.start_soon(ask, subject)

    assert found == {subject: subject for subject in subjects}


@pytest.mark.anyio
async def test_whoever_waits_for_one_that_was_cancelled_asks_for_themselves() -> None:
    """The deadline of one request must not fail another (ours)."""
    flights, started = Flights[str](), anyio.Event()

    async def never() -> str:
        started.set()
        await anyio.sleep_forever()
        return "never"

    async def at_once() -> str:
        return "answered"

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            first = anyio.CancelScope()

            async def lead() -> None:
                with first:
                    await flights.share(b"key", never)

            group.start_soon(lead)
            await started.wait()
            answers: list[str] = []

            async def follow() -> None:
                answers.append(await flights.share(b"key", at_once))

            group.start_soon(follow)
            await anyio.wait_all_tasks_blocked()
            first.cancel()

    assert answers == ["answered"]


@requirement("server:introspection")
@pytest.mark.anyio
async def test_the_cache_holds_no_token(verifier: Verifier, okta: OktaInMemory) -> None:
    """A dump of the memory's data structures shows digests (ours); the token is on its way to Okta and nowhere else."""
    token = okta.token()
    await verifier.verify(token)

    assert isinstance(verifier, IntrospectionVerifier)
    assert verifier._cache and token.split(".")[1] not in repr(verifier._cache)
