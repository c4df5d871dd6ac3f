"""How clients prove who they are."""

import base64
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import httpx2
import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from tests.local_cloud.okta.oauth.world import BEARER, SERVICE, World
from tests.local_cloud.okta.org import NATIVE_APP, OktaOrg
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


async def prove(world: World, app: str, assertion: str, **form: Any) -> httpx2.Response:
    """Introspect something with an assertion."""
    given = {"token": "x", "client_assertion_type": BEARER, "client_assertion": assertion, **form}
    async with world.org.browser() as client:
        return await client.post(f"{world.custom}/v1/introspect", data=given)


def own_app(method: str, **secret: str) -> dict[str, Any]:
    """The body of a service that may bring its secret along."""
    client = {"token_endpoint_auth_method": method, **secret}
    settings = {"oauthClient": {**SERVICE, "redirect_uris": []}}
    return {**NATIVE_APP, "label": "own", "credentials": {"oauthClient": client}, "settings": settings}


def endpoint(world: World, name: str = "introspect") -> str:
    """The full address of an endpoint."""
    return f"{world.org.server['issuer']}/v1/{name}"


@requirement("okta:client-assertion")
@pytest.mark.parametrize("app", ["jwt", "key"])
async def test_an_assertion_proves_who_a_client_is(world: World, app: str) -> None:
    """client_secret_jwt and private_key_jwt (RFC 7523 §3; Okta, client authentication)."""
    response = await prove(world, app, world.assertion(app, endpoint(world)))

    assert (response.status_code, response.json()) == (200, {"active": False})


@requirement("okta:client-assertion")
@pytest.mark.parametrize("app", ["jwt", "key"])
@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"exp": 1}, "is expired"),
        ({"exp": None}, "must have an 'exp' claim"),
        ({"exp": "soon"}, "must have an 'exp' claim"),
        ({"exp": float("inf")}, "must have an 'exp' claim"),
        ({"exp": 2**40}, "has an expiration too far into the future"),
        ({"iat": 2**40}, "was issued in the future"),
        ({"iss": "other"}, "issuer of the client_assertion"),
        ({"aud": "https://elsewhere.example"}, "must be the endpoint invoked for the request"),
        ({"sub": "0oanone"}, "Client authentication failed"),
    ],
)
async def test_each_claim_of_an_assertion_is_checked(
    world: World, app: str, claims: dict[str, Any], words: str
) -> None:
    """RFC 7523 §3; Okta, client authentication: an hour at most, `iat` not in the future, `aud` the endpoint."""
    response = await prove(world, app, world.assertion(app, endpoint(world), **claims))

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert words in response.json()["error_description"]


@pytest.mark.parametrize("other", ["issuer", "token"])
async def test_the_audience_is_the_endpoint_and_not_the_issuer(world: World, other: str) -> None:
    """Okta, client authentication: the full URL of the resource that the JWT is for."""
    audience = world.org.server["issuer"] if other == "issuer" else endpoint(world, "token")
    response = await prove(world, "key", world.assertion("key", audience))

    assert response.status_code == 401


@requirement("okta:client-assertion")
async def test_an_assertion_with_an_id_works_once(world: World) -> None:
    """Okta, client authentication: with `jti` a token is used once; without, until it expires."""
    once = world.assertion("key", endpoint(world), jti="one")
    often = world.assertion("key", endpoint(world))
    statuses = [(await prove(world, "key", given)).status_code for given in (once, once, often, often)]

    assert statuses == [200, 401, 200, 200]


@pytest.mark.parametrize("app", ["jwt", "key"])
async def test_an_assertion_of_the_wrong_kind_is_refused(world: World, app: str) -> None:
    """A public key is no shared secret, `none` no algorithm (RFC 8725 §2.1, §3.1)."""
    good = world.assertion(app, endpoint(world))
    header, payload, _ = good.split(".")
    unsigned = f"eyJhbGciOiJub25lIn0.{payload}."
    stolen = f"{header}.{world.assertion(app, endpoint(world), exp=2**33).split('.')[1]}.{good.split('.')[2]}"
    other = world.assertion("jwt" if app == "key" else "key", endpoint(world), iss=world.id(app), sub=world.id(app))
    for given in (unsigned, stolen, other, "", "a.b.c", f"{header}.bnVsbA.x"):
        response = await prove(world, app, given)
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@requirement("okta:client-assertion")
@pytest.mark.parametrize(("curve", "algorithm"), [("P-256", "ES256"), ("P-384", "ES384"), ("P-521", "ES512")])
async def test_keys_on_curves_sign_too(world: World, curve: str, algorithm: str) -> None:
    """Okta, client authentication: RSA or ECDSA."""
    key = ECKey.generate_key(curve)
    jwk = {**key.as_dict(private=False), "kid": "e1"}
    client = (await world.app("curve", "private_key_jwt", {**SERVICE, "jwks": {"keys": [jwk]}}))["id"]
    claims = {"iss": client, "sub": client, "aud": endpoint(world), "exp": int(time.time()) + 60}
    header = {"alg": algorithm, "kid": "e1"}
    signed = jws.serialize_compact(header, json.dumps(claims).encode(), key, algorithms=[algorithm])
    response = await prove(world, "curve", signed)

    assert response.status_code == 200


async def test_a_secret_that_was_deactivated_proves_nothing(world: World) -> None:
    """Two secrets at most, each active or not (Okta, client secret rotation)."""
    path = f"/api/v1/apps/{world.id('jwt')}/credentials/secrets"
    first = (await world.org.call("GET", path)).json()[0]
    second = (await world.org.make(path, {}))["client_secret"]
    statuses = []
    for _ in range(2):
        old = world.assertion("jwt", endpoint(world))
        fresh = world.assertion("jwt", endpoint(world), secret=second)
        statuses += [(await prove(world, "jwt", given)).status_code for given in (old, fresh)]
        await world.org.call("POST", f"{path}/{first['id']}/lifecycle/deactivate")

    assert statuses == [200, 200, 401, 200]


@requirement("okta:client-assertion")
async def test_a_secret_that_is_too_short_for_an_hmac_is_refused(world: World) -> None:
    """32 characters: with the app, by a change of its method, as a second secret (Okta, JWT with shared key)."""
    short = {"client_secret": "x" * 31}
    made = await world.org.make("/api/v1/apps", own_app("client_secret_basic", **short))
    answers = [
        await world.org.call("POST", "/api/v1/apps", {**own_app("client_secret_jwt", **short), "label": "new"}),
        await world.org.call("PUT", f"/api/v1/apps/{made['id']}", own_app("client_secret_jwt")),
        await world.org.call("POST", f"/api/v1/apps/{world.id('jwt')}/credentials/secrets", short),
        await world.org.call("POST", f"/api/v1/apps/{world.id('basic')}/credentials/secrets", short),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 201]
    assert all("at least 32 characters" in answer.text for answer in answers[:3])


async def test_a_short_secret_of_an_older_state_file_proves_nothing(tmp_path: Path) -> None:
    """Okta's words (client authentication, JWT with shared key)."""
    file = tmp_path / "okta.json"
    world = World()
    world.org = OktaOrg(state_file=file)
    await world.build()
    file.write_text(file.read_text().replace(world.secrets["jwt"], "x" * 31))
    server, world.org = world.org.server, OktaOrg(state_file=file)
    world.org.server = server
    response = await prove(world, "jwt", world.assertion("jwt", endpoint(world), secret="x" * 31))

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert response.json()["error_description"] == "The client secret is too short to verify a JWT HMAC."


async def test_a_wrong_assertion_type_and_another_client_id_are_refused(world: World) -> None:
    """RFC 7521 §4.2."""
    good = world.assertion("key", endpoint(world))
    kind = await prove(world, "key", good, client_assertion_type="urn:x")
    name = await prove(world, "key", good, client_id=world.id("jwt"))

    assert [response.status_code for response in (kind, name)] == [401, 401]


async def test_an_assertion_is_no_use_to_an_app_with_a_secret(world: World) -> None:
    """The app prescribes how (RFC 6749 §2.3)."""
    response = await prove(world, "basic", world.assertion("basic", endpoint(world)))

    assert response.status_code == 401


async def test_a_proof_of_possession_is_refused_by_name(world: World) -> None:
    """DPoP is not emulated, and never ignored (ours: unknown means refused)."""
    form = {"client_id": world.id("native"), "grant_type": "refresh_token", "refresh_token": "x"}
    async with world.org.browser() as client:
        response = await client.post(f"{world.custom}/v1/token", data=form, headers={"DPoP": "x.y.z"})

    assert (response.status_code, response.json()["error"]) == (400, "invalid_dpop_proof")
    assert "DPoP" in response.json()["error_description"]


async def test_a_secret_with_another_client_id_beside_it_is_refused(world: World) -> None:
    """Two names for one client (RFC 6749 §2.3.1)."""
    async with world.org.browser() as client:
        response = await client.post(
            f"{world.custom}/v1/introspect",
            data={"token": "x", "client_id": world.id("post")},
            auth=(world.id("basic"), world.secrets["basic"]),
        )

    assert response.status_code == 401


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_oktas_javascript_sdk_ends_a_token_and_is_told_so(world: World, kind: str) -> None:
    """A public client's id, alone behind `Basic` (okta-auth-js lib/oidc/revokeToken.ts and introspect.ts)."""
    token = (await world.tokens(world.custom))[kind]
    header = {"Authorization": f"Basic {base64.b64encode(world.id('native').encode()).decode()}"}
    form = {"token_type_hint": kind, "token": token}
    async with world.org.browser(headers=header) as client:
        before = (await client.post(f"{world.custom}/v1/introspect", data=form)).json()
        ended = await client.post(f"{world.custom}/v1/revoke", data=form)
        after = (await client.post(f"{world.custom}/v1/introspect", data=form)).json()

    assert before["active"] is True
    assert (ended.status_code, after) == (200, {"active": False})


@pytest.mark.parametrize("written", ["as it is", "encoded"])
async def test_a_secret_of_ones_own_works_however_it_is_written_in_the_header(world: World, written: str) -> None:
    """RFC 6749 §2.3.1 wants it encoded, as Go's client sends it; requests, Authlib and Okta's SDK send it as it is."""
    secret = "one+two%2Bthree/four"
    made = await world.org.make("/api/v1/apps", own_app("client_secret_basic", client_secret=secret))
    sent = secret if written == "as it is" else quote_plus(secret)
    async with world.org.browser() as browser:
        response = await browser.post(f"{world.custom}/v1/introspect", data={"token": "x"}, auth=(made["id"], sent))
        wrong = await browser.post(f"{world.custom}/v1/introspect", data={"token": "x"}, auth=(made["id"], f"{sent}x"))

    assert (response.status_code, response.text) == (200, '{"active":false}')
    assert wrong.status_code == 401
