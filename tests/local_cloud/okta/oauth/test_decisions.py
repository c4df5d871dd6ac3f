"""When the policies are asked, and what of the default scopes they leave."""

from typing import Any

import httpx2
import pytest

from tests.local_cloud.okta.oauth.world import DEVICE, READER, World
from tests.local_cloud.okta.org import CALLBACK
from tests.local_cloud.okta.sign_in import PASSWORDS, SignInForm
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


async def activate(world: World, codes: dict[str, Any]) -> httpx2.Response:
    """Let a device in as a reader; the answer is the page after the sign-in."""
    async with world.org.browser() as browser:
        form = SignInForm((await browser.get("/activate", params={"user_code": codes["user_code"]})).text)
        form = SignInForm((await browser.post(form.action, data=form.fields)).text)
        person = {"identifier": READER, "password": PASSWORDS[READER]}
        return await browser.post(form.action, data={**form.fields, **person})


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
    await activate(world, codes)
    await close_policies(world)
    response = await exchange(world, grant_type=DEVICE, device_code=codes["device_code"])

    assert (response.status_code, response.json()["expires_in"]) == (200, 3600)
