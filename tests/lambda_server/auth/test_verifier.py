"""Which tokens are good: header, key, signature, claims. Wire behaviour is in tests/lambda_server/test_server.py."""

import base64
import json
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import OctKey

from lambda_server.auth.errors import BadSignature, MalformedToken, RefusedToken, UnknownKey, WrongClaim
from lambda_server.auth.header import read_kid
from lambda_server.auth.okta import okta_client
from lambda_server.auth.parts import take_apart
from lambda_server.auth.verifier import JwtVerifier, Verifier, build_verifier
from lambda_server.settings import Settings
from tests.lambda_server.okta_in_memory import CLIENT_ID, ISSUER, URL, OktaInMemory, key
from tests.requirements import requirement


@pytest.fixture
def verifier(settings: Settings, okta: OktaInMemory) -> Verifier:
    """The verifier that TOKEN_CHECK=jwt asks for."""
    return build_verifier(settings, okta_client(ISSUER, okta), okta.now)


def segment(value: object) -> str:
    """A segment of a JWS, of any value."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.anyio
async def test_a_good_token_says_who_calls_with_what(verifier: Verifier, okta: OktaInMemory) -> None:
    """Okta access token reference; the raw token is not handed on (ours)."""
    token = okta.token()
    access = await verifier.verify(token)

    assert isinstance(verifier, JwtVerifier)
    assert (access.subject, access.client_id, access.scopes) == ("reader@example.com", CLIENT_ID, ["mcp:read"])
    assert (access.resource, access.expires_at) == (URL, int(okta.clock) + 3600)
    assert token not in repr(access)


@requirement("server:audience")
@pytest.mark.anyio
@pytest.mark.parametrize("aud", [None, "https://other.example.com/mcp", URL + "/", URL.upper(), [URL], "", 1])
async def test_a_token_for_another_server_is_refused(verifier: Verifier, okta: OktaInMemory, aud: Any) -> None:
    """RFC 9068 §4; one string, byte for byte (docs/facts/okta.md §2)."""
    with pytest.raises(WrongClaim) as caught:
        await verifier.verify(okta.token(aud=aud))

    assert caught.value.claim == "aud"


@requirement("server:claims")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "claim,value",
    [
        ("iss", None),
        ("iss", ISSUER + "/"),
        ("iss", "https://evil.okta.com/oauth2/aus1"),
        ("exp", None),
        ("exp", "tomorrow"),
        ("exp", True),
        ("exp", 1e300),
        ("exp", 1.5),
        ("iat", None),
        ("uid", None),
        ("scp", None),
        ("nbf", "now"),
        ("cid", None),
        ("cid", "0oa-another-app"),
        ("sub", None),
        ("sub", ""),
        ("scp", "mcp:read mcp:write"),
        ("scp", [1]),
    ],
)
async def test_a_wrong_claim_is_refused_and_named(
    verifier: Verifier, okta: OktaInMemory, claim: str, value: Any
) -> None:
    """RFC 7519 §4.1, RFC 9068 §4, Okta access token reference."""
    with pytest.raises(WrongClaim) as caught:
        await verifier.verify(okta.token(**{claim: value}))

    assert caught.value.claim == claim


@requirement("server:claims")
@pytest.mark.anyio
async def test_a_token_is_good_within_its_times_and_the_leeway(
    verifier: Verifier, okta: OktaInMemory, settings: Settings
) -> None:
    """RFC 7519 §4.1.4, §4.1.5: a small leeway for clock skew, on both ends."""
    now, leeway = int(okta.clock), settings.leeway_seconds
    okta.clock = now
    for good in ({"exp": now - leeway + 1}, {"nbf": now + leeway}):
        await verifier.verify(okta.token(**good))
    for claim, value in (("exp", now - leeway), ("nbf", now + leeway + 1)):
        with pytest.raises(WrongClaim, match=claim):
            await verifier.verify(okta.token(**{claim: value}))


@pytest.mark.anyio
async def test_a_token_without_scopes_is_good_for_nothing_in_particular(verifier: Verifier, okta: OktaInMemory) -> None:
    """Whether the scopes suffice is the guard's business; that there is a list of them is ours (Okta: `scp`)."""
    assert (await verifier.verify(okta.token(scp=[]))).scopes == []
    with pytest.raises(WrongClaim, match="scp_missing"):
        await verifier.verify(okta.token(scp=None))


@requirement("server:algorithm")
@pytest.mark.anyio
async def test_only_rs256_is_taken(verifier: Verifier, okta: OktaInMemory) -> None:
    """RFC 8725 §3.1: `none`, the public key as an HMAC secret, and RS512 are all refused."""
    claims, public = okta.claims(), key("k1").as_pem(private=False)
    none = f"{segment({'alg': 'none', 'kid': 'k1'})}.{segment(claims)}."
    hmac = jwt.encode({"alg": "HS256", "kid": "k1"}, claims, OctKey.import_key(segment(public)), ["HS256"])
    rs512 = f"{segment({'alg': 'RS512', 'kid': 'k1'})}.{segment(claims)}.AA"
    for token in (none, hmac, rs512):
        with pytest.raises(MalformedToken, match="alg_wrong: alg must be RS256"):
            await verifier.verify(token)


@requirement("server:algorithm")
@pytest.mark.anyio
async def test_a_key_that_the_token_brings_along_is_not_used(verifier: Verifier, okta: OktaInMemory) -> None:
    """RFC 8725 §3.10: neither `jwk` nor `jku` chooses the key; Okta's kid does, and its key did not sign."""
    stranger = key("stranger")
    for extra in ({"jku": "https://evil.example.com/keys"}, {"jwk": stranger.as_dict(private=False)}):
        header = {"alg": "RS256", "kid": "k1"} | extra
        segments = f"{segment(header)}.{segment(okta.claims())}"
        signature = jws.serialize_compact({"alg": "RS256"}, "x", stranger).rpartition(".")[2]
        with pytest.raises(RefusedToken):
            await verifier.verify(f"{segments}.{signature}")


@pytest.mark.anyio
async def test_a_token_signed_by_another_key_is_refused(verifier: Verifier, okta: OktaInMemory) -> None:
    """RFC 7515 §5.2."""
    token = jwt.encode({"alg": "RS256", "kid": "k1"}, okta.claims(), key("stranger"), default_type=None)

    with pytest.raises(BadSignature):
        await verifier.verify(token)
    with pytest.raises(UnknownKey):
        await verifier.verify(okta.token(kid="stranger"))


@pytest.mark.anyio
async def test_a_changed_payload_is_refused(verifier: Verifier, okta: OktaInMemory) -> None:
    """RFC 7515 §5.2: the reader's token with an editor's scopes."""
    header, _, signature = okta.token().split(".")

    with pytest.raises(BadSignature):
        await verifier.verify(f"{header}.{segment(okta.claims(scp=['mcp:read', 'mcp:write']))}.{signature}")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b",
        "a.b.c.d",
        "ä.b.c",
        "x" * 20_000,
        f"{segment([])}.{segment({})}.AA",
        f"{segment(['alg'])}.{segment({})}.AA",
        f"{segment({'alg': 'RS256'})}.{segment({})}.AA",
        f"{segment({'alg': 'RS256', 'kid': 7})}.{segment({})}.AA",
        f"{segment({'alg': 'RS256', 'kid': 'k1', 'crit': ['b64'], 'b64': False})}.x.AA",
    ],
)
async def test_what_is_no_token_of_okta_s_is_malformed(verifier: Verifier, okta: OktaInMemory, token: str) -> None:
    """RFC 7515 §3.1, §4.1.11; Okta is not asked about it."""
    with pytest.raises(MalformedToken):
        await verifier.verify(token)

    assert okta.asked == []


@given(st.text() | st.from_regex(r"\A[\w-]{0,40}\.[\w-]{0,80}\.[\w-]{0,40}\Z", fullmatch=True))
def test_no_text_breaks_the_parser(token: str) -> None:
    """Whatever is sent ends in a refusal or in parts to check (ours)."""
    try:
        read_kid(take_apart(token))
    except MalformedToken:
        return


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=5))
def test_no_header_value_breaks_the_reader(value: Any) -> None:
    """Header fields may hold any JSON (RFC 7515 §4)."""
    rs256 = {"alg": "RS256"}
    for header in (value, {"alg": value}, rs256 | {"kid": value}, rs256 | {"b64": value, "crit": value}):
        try:
            read_kid(take_apart(f"{segment(header)}.{segment({})}.AA"))
        except MalformedToken:
            continue


@pytest.mark.anyio
async def test_a_refusal_never_quotes_the_token(verifier: Verifier, okta: OktaInMemory) -> None:
    """Design: the reason goes to the log, the token nowhere."""
    for token in (okta.token(aud="x"), okta.token() + "A", okta.token(kid="stranger"), okta.token()[:-300]):
        with pytest.raises(RefusedToken) as caught:
            await verifier.verify(token)
        assert not any(part in str(caught.value) for part in token.split(".") if len(part) > 8)


def test_the_client_of_okta_follows_no_redirect_and_leaves_this_machine_s_issuer_to_no_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Keys come from the issuer alone (RFC 8725 §3.10)."""
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com:3128")
    client = okta_client("http://127.0.0.1:9/oauth2/aus1")

    assert client.trust_env is False
    assert client.follow_redirects is False
    assert isinstance(client, httpx2.AsyncClient)
