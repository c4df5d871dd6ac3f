"""Refresh tokens when something changes in between."""

from typing import Any

import httpx2
import pytest

from tests.local_cloud.okta.oauth.world import READER, World
from tests.local_cloud.okta.org import moved
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


async def refresh(world: World, token: str, **form: str) -> httpx2.Response:
    """Use a refresh token."""
    given = {"grant_type": "refresh_token", "client_id": world.id("native"), "refresh_token": token, **form}
    async with world.org.browser() as client:
        return await client.post(f"{world.custom}/v1/token", data=given)


async def active(world: World, token: str) -> bool:
    """Ask about a token."""
    async with world.org.browser() as client:
        form = {"client_id": world.id("native"), "token": token}
        return (await client.post(f"{world.custom}/v1/introspect", data=form)).json()["active"]


@requirement("okta:rotation")
async def test_without_leeway_a_second_use_ends_everything_since_the_sign_in(world: World) -> None:
    """Reuse detection: newest refresh token and all access tokens (docs/facts/okta.md §2)."""
    first = await world.tokens(world.custom)
    second = (await refresh(world, first["refresh_token"])).json()
    with moved(world.org, 1):
        reused = await refresh(world, first["refresh_token"])
        tokens = [first["access_token"], second["access_token"], second["refresh_token"]]
        alive = [await active(world, token) for token in tokens]

    assert (reused.status_code, reused.json()["error"]) == (400, "invalid_grant")
    assert alive == [False, False, False]


async def test_asking_for_less_does_not_shrink_what_was_granted(world: World) -> None:
    """RFC 6749 §6: the next refresh may ask for all of it again."""
    first = await world.tokens(world.custom)
    less = (await refresh(world, first["refresh_token"], scope="openid")).json()
    all_again = (await refresh(world, less["refresh_token"])).json()

    assert less["scope"] == "openid"
    assert all_again["scope"] == first["scope"]


@pytest.mark.parametrize(("characters", "status"), [(4096, 200), (4097, 400)])
async def test_a_refresh_may_name_more_scopes_than_a_sign_in(world: World, characters: int, status: int) -> None:
    """4096 characters (Okta, refresh access tokens)."""
    first = await world.tokens(world.custom)
    response = await refresh(world, first["refresh_token"], scope="openid".ljust(characters - 7) + " openid")

    assert response.status_code == status


async def test_who_is_no_longer_assigned_has_no_tokens(world: World) -> None:
    """Tokens end with the assignment (Okta's reference: revocation by a change of configuration)."""
    first = await world.tokens(world.custom)
    app = world.apps["native"]
    body = {**app, "settings": {**app["settings"], "implicitAssignment": False}}
    assert (await world.org.call("PUT", f"/api/v1/apps/{app['id']}", body)).status_code == 200
    alive = [await active(world, first[name]) for name in ("access_token", "refresh_token")]
    response = await refresh(world, first["refresh_token"])

    assert alive == [False, False]
    assert response.json()["error"] == "invalid_grant"


async def test_a_deactivated_app_has_no_tokens(world: World) -> None:
    """The client must be active (Okta's reference: revocation by a change of configuration)."""
    first = await world.tokens(world.custom)
    await world.org.call("POST", f"/api/v1/apps/{world.id('native')}/lifecycle/deactivate")
    response = await refresh(world, first["refresh_token"])

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


async def test_a_new_password_leaves_tokens_alone(world: World) -> None:
    """Okta ends tokens of deactivated people, and not of those who change their password (Okta's reference)."""
    first = await world.tokens(world.custom)
    body = {"credentials": {"password": {"value": "Another-1!"}}}
    assert (await world.org.call("POST", f"/api/v1/users/{READER}", body)).status_code == 200
    response = await refresh(world, first["refresh_token"])

    assert response.status_code == 200


async def test_a_refresh_token_has_its_rules_lifetimes(world: World) -> None:
    """From the rule that admitted the sign-in, 7 days of disuse and no end (docs/facts/okta.md §2)."""
    first: dict[str, Any] = await world.tokens(world.custom)
    async with world.org.browser() as client:
        form = {"client_id": world.id("native"), "token": first["refresh_token"]}
        facts = (await client.post(f"{world.custom}/v1/introspect", data=form)).json()

    assert facts["exp"] - facts["iat"] == 7 * 24 * 3600


@requirement("okta:client-credentials")
async def test_a_service_has_the_lifetime_of_its_rule(world: World) -> None:
    """Seven minutes here (docs/facts/okta.md §2: 5 minutes to 24 hours)."""
    issuer = world.org.server["issuer"]
    form = {
        "grant_type": "client_credentials",
        "scope": "mcp:read",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": world.assertion("key", f"{issuer}/v1/token"),
    }
    async with world.org.browser() as client:
        response = await client.post(f"{world.custom}/v1/token", data=form)

    assert response.json()["expires_in"] == 420


async def test_a_scope_that_requires_consent_is_not_for_services(world: World) -> None:
    """Nobody is there to consent (Okta, request user consent)."""
    await world.org.make(f"{world.org.server_path}/scopes", {"name": "mcp:admin", "consent": "REQUIRED"})
    form = {
        "grant_type": "client_credentials",
        "scope": "mcp:admin",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": world.assertion("key", f"{world.org.server['issuer']}/v1/token"),
    }
    async with world.org.browser() as client:
        response = await client.post(f"{world.custom}/v1/token", data=form)

    assert (response.status_code, response.json()["error"]) == (400, "consent_required")


@requirement("okta:revocation")
async def test_a_client_ends_only_its_own_tokens(world: World) -> None:
    """200 all the same (RFC 7009 §2.1, §2.2; Okta's reference)."""
    tokens = await world.tokens(world.custom)
    names = ("access_token", "refresh_token")
    async with world.org.browser() as client:
        for name in names:
            form = {"client_id": world.id("browser"), "token": tokens[name]}
            assert (await client.post(f"{world.custom}/v1/revoke", data=form)).status_code == 200

    assert [await active(world, tokens[name]) for name in names] == [True, True]
