"""Scripts of other origins, and the keys that everybody may read."""

import pytest

from tests.local_cloud.okta.oauth.world import BROWSER_ORIGIN, World
from tests.requirements import requirement

pytestmark = pytest.mark.anyio
ALLOW = "access-control-allow-origin"


@requirement("okta:cors")
@pytest.mark.parametrize("origin", [BROWSER_ORIGIN, "https://elsewhere.example", "null", "http://localhost:30000"])
async def test_only_trusted_pages_read_tokens_and_every_page_reads_keys(world: World, origin: str) -> None:
    """What @okta/okta-auth-js needs (Okta, enable CORS); the browser apps' origins are the trusted ones here."""
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    async with world.org.browser() as page:
        preflight = await page.options(f"{world.custom}/v1/token", headers=asked)
        refused = await page.post(f"{world.custom}/v1/token", data={}, headers={"Origin": origin})
        keys = await page.get(f"{world.custom}/v1/keys", headers={"Origin": origin})
        metadata = await page.get(f"{world.custom}/.well-known/openid-configuration", headers={"Origin": origin})

    trusted = origin if origin == BROWSER_ORIGIN else None
    assert [response.headers.get(ALLOW) for response in (preflight, refused, keys, metadata)] == [
        trusted,
        trusted,
        "*",
        "*",
    ]
    assert "Origin" in refused.headers["vary"]
    allowed = preflight.headers.get("access-control-allow-headers", "")
    assert ("X-Okta-User-Agent-Extended" in allowed) is (trusted is not None)


async def test_a_page_without_pkce_is_refused_its_code(world: World) -> None:
    """Okta's words for a script that sends no verifier."""
    code, _ = await world.code(world.custom)
    form = {"grant_type": "authorization_code", "client_id": world.id("native"), "code": code}
    async with world.org.browser() as page:
        response = await page.post(f"{world.custom}/v1/token", data=form, headers={"Origin": BROWSER_ORIGIN})

    words = "Browser requests to the token endpoint must use Proof Key for Code Exchange."
    assert response.json() == {"error": "invalid_request", "error_description": words}


async def test_a_browser_app_signs_in(world: World) -> None:
    """Authorization code with PKCE from a page, no secret (Okta, single-page apps)."""
    callback = f"{BROWSER_ORIGIN}/callback"
    login = world.sign_in("/oauth2", "openid", "browser", redirect_uri=callback)
    async with world.org.browser(headers={"Origin": BROWSER_ORIGIN}) as page:
        code = (await login.answer(page, "reader@example.com"))["code"]
        given = await login.exchange(page, code, client_id=world.id("browser"), redirect_uri=callback)

    assert given.status_code == 200
    assert given.headers[ALLOW] == BROWSER_ORIGIN


@requirement("okta:key-rotation")
async def test_published_keys_are_public(world: World) -> None:
    """No private member, before and after rotations; three at most (RFC 7517 §4; docs/facts/okta.md §2)."""
    path = f"{world.org.server_path}/credentials"
    for _ in range(3):
        await world.org.call("POST", f"{path}/lifecycle/keyRotate", {"use": "sig"})
        async with world.org.browser() as client:
            response = await client.get(f"{world.custom}/v1/keys")
        keys = response.json()["keys"]
        assert all(set(key) == {"kty", "alg", "kid", "use", "e", "n"} for key in keys)
        assert len({key["kid"] for key in keys}) == len(keys) == 3
        assert response.headers["cache-control"].startswith("max-age=")
    states = [key["status"] for key in (await world.org.call("GET", f"{path}/keys")).json()]

    assert sorted(states) == ["ACTIVE", "EXPIRED", "NEXT"]
