"""The org's own authorization server: tokens for the Management API, and sign-in to Okta itself."""

import json
from typing import Any

import httpx2
import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from tests.local_cloud.okta.oauth.world import BEARER, READER, World
from tests.local_cloud.okta.org import ORG_URL
from tests.requirements import requirement

pytestmark = pytest.mark.anyio
ENDPOINT = f"{ORG_URL}/oauth2/v1/token"


async def ask(world: World, scope: str | None, app: str = "key", audience: str = ENDPOINT) -> httpx2.Response:
    """Ask for a token as a service."""
    form = {"grant_type": "client_credentials", "scope": scope, "client_assertion_type": BEARER}
    given = {**form, "client_assertion": world.assertion(app, audience)}
    async with world.org.browser() as client:
        return await client.post("/oauth2/v1/token", data={k: v for k, v in given.items() if v is not None})


@requirement("okta:org-server")
async def test_a_service_gets_a_token_for_the_scopes_that_were_granted_to_it(world: World) -> None:
    """Those that were not granted are left out (Okta, OAuth for Okta service apps)."""
    await world.grant("okta.apps.manage")
    response = await ask(world, "okta.apps.manage okta.groups.read")
    async with world.org.browser() as client:
        keys = KeySet.import_key_set((await client.get("/oauth2/v1/keys")).json())
        bearer = {"Authorization": f"Bearer {response.json()['access_token']}"}
        allowed = await client.get("/api/v1/apps", headers=bearer)
        forbidden = await client.get("/api/v1/groups", headers=bearer)

    claims = json.loads(jws.deserialize_compact(response.json()["access_token"], keys, algorithms=["RS256"]).payload)
    assert (claims["iss"], claims["aud"], claims["scp"]) == (ORG_URL, ORG_URL, ["okta.apps.manage"])
    assert claims["sub"] == claims["cid"] == world.id("key")
    assert response.json()["scope"] == "okta.apps.manage"
    assert response.json()["expires_in"] == 3600
    assert (allowed.status_code, forbidden.status_code) == (200, 403)


@requirement("okta:org-server")
@pytest.mark.parametrize(
    ("scope", "error", "words"),
    [
        ("okta.groups.read", "consent_required", "You are not allowed any of the requested scopes."),
        (None, "invalid_scope", "The authorization server resource does not have any configured default scopes"),
        ("mcp:read", "invalid_scope", "One or more scopes are not configured"),
        ("openid", "invalid_scope", "One or more scopes are not configured"),
    ],
)
async def test_other_scopes_are_refused(world: World, scope: str | None, error: str, words: str) -> None:
    """Okta's words, as its SDK's users report them (okta-sdk-java issue 822)."""
    response = await ask(world, scope)

    assert (response.status_code, response.json()["error"]) == (400, error)
    assert response.json()["error_description"].startswith(words)


@requirement("okta:org-server")
async def test_a_token_request_may_be_in_the_query(world: World) -> None:
    """All of it, as an SDK in Pulumi's Okta plugin 7.0.1 sends it (seen), or the assertion (Okta's support pages)."""
    await world.grant("okta.apps.manage")
    signed = world.assertion("key", ENDPOINT)
    form = {"grant_type": "client_credentials", "scope": "okta.apps.manage", "client_assertion_type": BEARER}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with world.org.browser() as client:
        alone = await client.post("/oauth2/v1/token", params={**form, "client_assertion": signed}, headers=kind)
        beside = await client.post("/oauth2/v1/token", params={"client_assertion": signed}, data=form)

    assert (alone.status_code, beside.status_code) == (200, 200)


async def test_a_secret_is_not_enough_for_the_management_api(world: World) -> None:
    """Only private_key_jwt (Okta, OAuth for Okta service apps)."""
    oauth = {"application_type": "service", "grant_types": ["client_credentials"], "response_types": ["token"]}
    await world.app("secret", "client_secret_basic", oauth)
    form = {"grant_type": "client_credentials", "scope": "okta.apps.read"}
    pair = (world.id("secret"), world.secrets["secret"])
    async with world.org.browser() as client:
        response = await client.post("/oauth2/v1/token", data=form, auth=pair)

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert "must use the private_key_jwt" in response.json()["error_description"]


@requirement("okta:org-server")
async def test_people_sign_in_at_the_org_itself(world: World) -> None:
    """Without policies, for whoever is assigned; the token's audience is the org (Okta, authorization servers)."""
    tokens = await world.tokens("/oauth2")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    form = {"client_id": world.id("native"), "token": tokens["access_token"]}
    async with world.org.browser() as client:
        person = (await client.get("/oauth2/v1/userinfo", headers=bearer)).json()
        facts = (await client.post("/oauth2/v1/introspect", data=form)).json()
        await client.post("/oauth2/v1/revoke", data=form)
        after = (await client.post("/oauth2/v1/introspect", data=form)).json()

    assert person["preferred_username"] == facts["username"] == READER
    assert (facts["iss"], facts["aud"]) == (ORG_URL, ORG_URL)
    assert after == {"active": False}


async def test_a_token_of_one_server_means_nothing_at_another(world: World) -> None:
    """Introspection, userinfo, refresh and the Management API (RFC 9068 §4; ours)."""
    tokens: dict[str, Any] = await world.tokens(world.custom)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    client = {"client_id": world.id("native")}
    refresh = {**client, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    async with world.org.browser() as browser:
        for base in ("/oauth2", "/oauth2/default"):
            facts = await browser.post(f"{base}/v1/introspect", data={**client, "token": tokens["access_token"]})
            person = await browser.get(f"{base}/v1/userinfo", headers=bearer)
            again = await browser.post(f"{base}/v1/token", data=refresh)
            assert facts.json() == {"active": False}
            assert (person.status_code, again.json()["error"]) == (401, "invalid_grant")
        api = await browser.get("/api/v1/apps", headers=bearer)

    assert api.status_code == 401


async def test_discovery_of_the_org_itself(world: World) -> None:
    """Issuer is the org's URL, endpoints are below /oauth2/v1 (Okta, OpenID Connect reference)."""
    async with world.org.browser() as client:
        openid = (await client.get("/.well-known/openid-configuration")).json()
        oauth = (await client.get("/.well-known/oauth-authorization-server")).json()
        named = await client.get("/oauth2/org/v1/keys")

    assert openid["issuer"] == oauth["issuer"] == ORG_URL
    assert openid["token_endpoint"] == ENDPOINT
    assert openid["device_authorization_endpoint"] == f"{ORG_URL}/oauth2/v1/device/authorize"
    assert "mcp:read" not in openid["scopes_supported"]
    assert named.status_code == 404
