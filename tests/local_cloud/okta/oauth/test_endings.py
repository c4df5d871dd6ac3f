"""What ends a token ends it for good, whatever is undone afterwards."""

from pathlib import Path
from typing import Any

import pytest

from tests.local_cloud.okta.oauth.world import READER, World
from tests.local_cloud.okta.org import CALLBACK, OktaOrg
from tests.local_cloud.okta.sign_in import PASSWORDS
from tests.requirements import requirement

pytestmark = pytest.mark.anyio
KINDS = ("access_token", "refresh_token", "id_token")
APP, GROUP = "/api/v1/apps/{app}", "/api/v1/groups/{group}"
Call = tuple[str, str, dict[str, Any] | None]


@pytest.fixture
async def assigned(world: World) -> World:
    """The native app is assigned to one group, and not to everybody."""
    app = world.apps["native"]
    body = {**app, "settings": {**app["settings"], "implicitAssignment": False}}
    await world.org.call("PUT", f"/api/v1/apps/{app['id']}", body)
    await world.org.call("PUT", f"/api/v1/apps/{app['id']}/groups/{await world.org.group('mcp-readers')}", {})
    return world


async def active(world: World, tokens: dict[str, Any]) -> list[bool]:
    """Ask about each token of an answer."""
    async with world.org.browser() as client:
        forms = [{"client_id": world.id("native"), "token": tokens[kind]} for kind in KINDS]
        answers = [(await client.post(f"{world.custom}/v1/introspect", data=form)).json() for form in forms]
    return [answer["active"] for answer in answers]


async def perform(world: World, *calls: Call) -> None:
    """Make calls of the Management API, all of which succeed."""
    known = {"app": world.id("native"), "group": await world.org.group("mcp-readers"), "person": READER}
    found = (await world.org.call("GET", f"/api/v1/users/{READER}")).json()
    for method, path, body in calls:
        given = {**body, "id": found["id"]} if body and "id" in body else body
        response = await world.org.call(method, path.format(**known, user=found["id"]), given)
        assert response.status_code < 300, response.text


@requirement("okta:revocation")
@pytest.mark.parametrize(
    "calls",
    [
        [("POST", f"{APP}/lifecycle/deactivate", None), ("POST", f"{APP}/lifecycle/activate", None)],
        [("DELETE", f"{APP}/groups/{{group}}", None), ("PUT", f"{APP}/groups/{{group}}", {})],
        [("DELETE", f"{GROUP}/users/{{user}}", None), ("PUT", f"{GROUP}/users/{{user}}", None)],
        [
            ("POST", f"{APP}/users", {"id": "the person's"}),
            ("DELETE", f"{APP}/groups/{{group}}", None),
            ("DELETE", f"{APP}/users/{{user}}", None),
            ("POST", f"{APP}/users", {"id": "the person's"}),
        ],
    ],
    ids=["app", "group assignment", "membership", "own assignment"],
)
async def test_a_dead_token_stays_dead(assigned: World, calls: list[Call]) -> None:
    """Okta's reference: "permanently invalidated"; unassignment, too (limits)."""
    before = await assigned.tokens(assigned.custom)
    assert await active(assigned, before) == [True, True, True]
    await perform(assigned, *calls)
    dead = await active(assigned, before)
    fresh = await assigned.tokens(assigned.custom)

    assert dead == [False, False, False]
    assert await active(assigned, fresh) == [True, True, True]


@requirement("okta:revocation")
async def test_the_tokens_of_who_comes_back_stay_dead(assigned: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Okta's reference (limits: revocation); a person who was deactivated needs another password, too."""
    before, person = await assigned.tokens(assigned.custom), "/api/v1/users/{person}"
    monkeypatch.setitem(PASSWORDS, READER, "Another-1!")
    await perform(
        assigned,
        ("POST", f"{person}/lifecycle/deactivate", None),
        ("POST", f"{person}/lifecycle/activate", None),
        ("POST", person, {"credentials": {"password": {"value": "Another-1!"}}}),
    )
    dead = await active(assigned, before)

    assert dead == [False, False, False]
    assert await active(assigned, await assigned.tokens(assigned.custom)) == [True, True, True]


async def test_who_is_still_assigned_keeps_their_tokens(assigned: World) -> None:
    """One of two assignments went away (Okta's reference: the client is unassigned)."""
    await perform(assigned, ("POST", f"{APP}/users", {"id": "the person's"}))
    tokens = await assigned.tokens(assigned.custom)
    await perform(assigned, ("DELETE", f"{APP}/groups/{{group}}", None))

    assert await active(assigned, tokens) == [True, True, True]


async def test_a_suspension_ends_nothing_for_good(world: World) -> None:
    """Okta's reference names deactivation and deletion of people, and no suspension (limits: revocation)."""
    tokens = await world.tokens(world.custom)
    await perform(world, ("POST", "/api/v1/users/{person}/lifecycle/suspend", None))
    meanwhile = await active(world, tokens)
    await perform(world, ("POST", "/api/v1/users/{person}/lifecycle/unsuspend", None))

    assert meanwhile == [False, False, False]
    assert await active(world, tokens) == [True, True, True]


async def test_a_code_ends_with_the_app(world: World) -> None:
    """A code is the client's as a token is (ours)."""
    code, verifier = await world.code(world.custom)
    life = f"/api/v1/apps/{world.id('native')}/lifecycle"
    for verb in ("deactivate", "activate"):
        await world.org.call("POST", f"{life}/{verb}")
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": CALLBACK}
    async with world.org.browser() as client:
        response = await client.post(f"{world.custom}/v1/token", data={**form, "client_id": world.id("native")})

    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


@requirement("okta:state-file")
async def test_the_dead_and_the_good_survive_a_restart(tmp_path: Path) -> None:
    """And a good one stays good (issue 4)."""
    world = World()
    world.org = OktaOrg(state_file=tmp_path / "okta.json")
    await world.build()
    dead = await world.tokens(world.custom)
    life = f"/api/v1/apps/{world.id('native')}/lifecycle"
    for verb in ("deactivate", "activate"):
        await world.org.call("POST", f"{life}/{verb}")
    good = await world.tokens(world.custom)
    server, world.org = world.org.server, OktaOrg(state_file=tmp_path / "okta.json")
    world.org.server = server

    assert await active(world, dead) == [False, False, False]
    assert await active(world, good) == [True, True, True]


async def test_a_signed_token_is_good_once_it_counts_as_issued(world: World) -> None:
    """Ours: a test that forges tokens with the org's key says which of them are to be taken."""
    tokens, client = await world.tokens(world.custom), world.id("native")
    async with world.org.browser() as browser:
        form = {"client_id": client, "token": tokens["access_token"]}
        await browser.post(f"{world.custom}/v1/revoke", data=form)
    before = await active(world, tokens)
    person = (await world.org.call("GET", f"/api/v1/users/{READER}")).json()["id"]
    body = {"token": tokens["access_token"], "client": client, "user": person}
    await perform(world, ("POST", "/_local/issued", body))
    after = await active(world, tokens)
    await perform(world, ("POST", "/_local/issued", {**body, "token": "no token"}))

    assert (before[0], after[0]) == (False, True)
    assert await active(world, {**tokens, "access_token": "no token"}) == [False, *after[1:]]
