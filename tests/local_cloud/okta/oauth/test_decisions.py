"""When the policies are asked, and what of the default scopes they leave."""

import httpx2
import pytest

from tests.local_cloud.okta.oauth.world import BEARER, DEVICE, READER, At, World
from tests.local_cloud.okta.org import CALLBACK
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


async def exchange(world: World, **form: str) -> httpx2.Response:
    """Ask the token endpoint as the native app."""
    async with world.org.browser() as client:
        return await client.post(f"{world.custom}/v1/token", data={"client_id": world.id("native"), **form})


async def close_policies(world: World) -> None:
    """Deactivate every policy of the server."""
    for policy in (await world.org.call("GET", f"{world.org.server_path}/policies")).json():
        path = f"{world.org.server_path}/policies/{policy['id']}/lifecycle/deactivate"
        assert (await world.org.call("POST", path)).status_code == 204


@requirement("okta:policy")
async def test_a_code_is_good_for_what_was_decided_at_the_sign_in(world: World) -> None:
    """Okta's reference: "the policy isn't evaluated again" (subtle behavior); a refresh is a flow of its own."""
    code, verifier = await world.code(world.custom)
    await close_policies(world)
    form = {"code": code, "code_verifier": verifier, "redirect_uri": CALLBACK}
    response = await exchange(world, grant_type="authorization_code", **form)
    again = await exchange(world, grant_type="refresh_token", refresh_token=response.json().get("refresh_token", ""))

    assert (response.status_code, response.json()["expires_in"]) == (200, 3600)
    assert (again.status_code, again.json()["error"]) == (400, "access_denied")


@requirement("okta:policy")
async def test_a_device_gets_what_was_decided_when_it_was_let_in(world: World) -> None:
    """A change after the initial authentication "won't affect the continued flow" (Okta's reference)."""
    codes = await world.device(world.custom)
    await world.activate(codes)
    await close_policies(world)
    response = await exchange(world, grant_type=DEVICE, device_code=codes["device_code"])

    assert (response.status_code, response.json()["expires_in"]) == (200, 3600)


async def defaults(world: World, *names: str) -> None:
    """Make scopes that are meant where a client names none."""
    for name in names:
        await world.org.make(f"{world.org.server_path}/scopes", {"name": name, "default": True})


def without_scope(world: World) -> At:
    """An authorization request that names no scope."""
    login = world.sign_in(world.custom)
    login.extra["scope"] = None
    return login


async def admit(world: World, grant: str, *names: str) -> None:
    """A rule for some scopes, after those that there are."""
    policies = (await world.org.call("GET", f"{world.org.server_path}/policies")).json()
    rule = await world.org.rule_body("mcp-readers", 3, list(names))
    rule["conditions"]["grantTypes"] = {"include": [grant]}
    if grant == "client_credentials":
        del rule["conditions"]["people"]
    await world.org.make(f"{world.org.server_path}/policies/{policies[-1]['id']}/rules", {**rule, "name": "defaults"})


@requirement("okta:policy")
async def test_of_the_default_scopes_those_are_granted_that_the_rule_permits(world: World) -> None:
    """Okta, create a scope: without `scope`, "all of the default scopes that are permitted … by the … rule"."""
    await defaults(world, "a", "b", "c")
    await admit(world, "authorization_code", "a", "c")
    login = without_scope(world)
    async with world.org.browser() as browser:
        code = (await login.answer(browser, READER))["code"]
        response = await login.exchange(browser, code, client_id=world.id("native"))

    assert (response.status_code, response.json()["scope"]) == (200, "a c")


@requirement("okta:policy")
async def test_a_service_gets_the_default_scopes_that_the_rule_permits(world: World) -> None:
    """Okta, create a scope; what the rule leaves out may well need consent, which nobody can give (ours)."""
    await defaults(world, "a", "b")
    await world.org.make(f"{world.org.server_path}/scopes", {"name": "c", "default": True, "consent": "REQUIRED"})
    await admit(world, "client_credentials", "b")
    signed = world.assertion("key", f"{world.org.server['issuer']}/v1/token")
    form = {"grant_type": "client_credentials", "client_assertion_type": BEARER, "client_assertion": signed}
    async with world.org.browser() as client:
        response = await client.post(f"{world.custom}/v1/token", data=form)
        explicit = {**form, "scope": "a b", "client_assertion": signed}
        refused = await client.post(f"{world.custom}/v1/token", data=explicit)

    assert (response.status_code, response.json()["scope"]) == (200, "b")
    assert (refused.status_code, refused.json()["error"]) == (400, "access_denied")


@requirement("okta:policy")
async def test_a_device_gets_the_default_scopes_that_the_rule_permits(world: World) -> None:
    """Okta, create a scope."""
    await defaults(world, "a", "b")
    await admit(world, DEVICE, "a")
    async with world.org.browser() as client:
        form = {"client_id": world.id("native")}
        codes = (await client.post(f"{world.custom}/v1/device/authorize", data=form)).json()
    await world.activate(codes)
    response = await exchange(world, grant_type=DEVICE, device_code=codes["device_code"])

    assert (response.status_code, response.json()["scope"]) == (200, "a")


async def test_default_scopes_of_which_no_rule_permits_any_are_refused(world: World) -> None:
    """Nothing is left to grant (Okta's words for a policy that fails)."""
    await defaults(world, "a", "b")
    login = without_scope(world)
    async with world.org.browser() as browser:
        answer = await login.answer(browser, READER)

    assert answer["error"] == "access_denied"
