"""TOKEN_CHECK=introspection: Okta is asked, and the same claims are checked."""

from dataclasses import replace
from urllib.parse import parse_qs

import anyio
import httpx2
import pytest

from lambda_server.auth.errors import CheckUnavailable, InactiveToken, MalformedToken, WrongClaim
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
    return build_verifier(asking, okta_client(ISSUER, okta), okta.now)


@requirement("server:introspection")
@pytest.mark.anyio
async def test_okta_is_asked_as_a_public_client_asks(verifier: Verifier, okta: OktaInMemory) -> None:
    """RFC 7662 §2.1; the client id is a parameter and there is no Authorization header (docs/facts/okta.md §2)."""
    token = okta.token()
    access = await verifier.verify(token)

    assert isinstance(verifier, IntrospectionVerifier)
    assert (access.subject, access.client_id, access.scopes) == ("reader@example.com", CLIENT_ID, ["mcp:read"])
    [request] = okta.asked
    assert str(request.url) == f"{ISSUER}/v1/introspect" and "authorization" not in request.headers
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
    assert len(okta.asked) == 1
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


@pytest.mark.anyio
async def test_junk_and_other_apps_tokens_are_not_sent_to_okta(verifier: Verifier, okta: OktaInMemory) -> None:
    """What cannot be good costs no request (ours)."""
    with pytest.raises(MalformedToken):
        await verifier.verify("junk")
    with pytest.raises(WrongClaim):
        await verifier.verify(okta.token(cid="0oa-another-app"))

    assert okta.asked == []


@pytest.mark.anyio
async def test_the_cache_is_bounded(verifier: Verifier, okta: OktaInMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that lives for hours keeps no more than so many tokens' answers, and no token at all (ours)."""
    assert CACHE_ENTRIES <= 1024
    monkeypatch.setattr("lambda_server.auth.introspection.CACHE_ENTRIES", 1)
    first, second = okta.token(), okta.token(jti="AT.2")
    for token in (first, second, first):
        await verifier.verify(token)

    assert len(okta.asked) == 3


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

    assert (len(okta.asked), outcomes) == (1, {answer is None})


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
