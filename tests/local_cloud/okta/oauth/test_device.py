"""A device without a keyboard: two codes, a person at another screen, a token."""

from typing import Any

import httpx2
import pytest

from tests.local_cloud.okta.oauth.world import DEVICE, READER, World
from tests.local_cloud.okta.org import ORG_URL, moved
from tests.local_cloud.okta.sign_in import PASSWORDS, SignInForm
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


async def poll(world: World, codes: dict[str, Any], base: str | None = None, **form: str) -> httpx2.Response:
    """Ask for the token."""
    given = {"grant_type": DEVICE, "client_id": world.id("native"), "device_code": codes["device_code"], **form}
    async with world.org.browser() as device:
        return await device.post(f"{base or world.custom}/v1/token", data=given)


async def enter_code(browser: httpx2.AsyncClient, code: str) -> httpx2.Response:
    """Fill in the activation page."""
    page = await browser.get("/activate", params={"user_code": code})
    form = SignInForm(page.text)
    assert form.fields["user_code"] == code
    return await browser.post(form.action, data=form.fields)


async def enter_person(browser: httpx2.AsyncClient, page: httpx2.Response, name: str = READER) -> httpx2.Response:
    """Fill in the sign-in page."""
    form = SignInForm(page.text)
    return await browser.post(form.action, data={**form.fields, "identifier": name, "password": PASSWORDS[name]})


@requirement("okta:device")
@pytest.mark.parametrize("root", ["custom", "org"])
async def test_a_device_gets_its_tokens_once_a_person_has_said_yes(world: World, root: str) -> None:
    """RFC 8628 §3; Okta's own words while it waits (docs/facts/okta.md §2)."""
    base = world.custom if root == "custom" else "/oauth2"
    codes = await world.device(base)
    pending = await poll(world, codes, base)
    async with world.org.browser() as browser:
        done = await enter_person(browser, await enter_code(browser, codes["user_code"]))
    with moved(world.org, 5):
        given = await poll(world, codes, base)
        again = await poll(world, codes, base)
    refreshed = await poll(world, codes, base, grant_type="refresh_token", refresh_token=given.json()["refresh_token"])

    assert codes["verification_uri_complete"] == f"{ORG_URL}/activate?user_code={codes['user_code']}"
    assert (codes["expires_in"], codes["interval"]) == (600, 5)
    assert pending.json() == {
        "error": "authorization_pending",
        "error_description": "The device authorization is pending. Please try again later.",
    }
    assert "Device activated" in done.text
    assert {"access_token", "id_token", "refresh_token"} <= set(given.json())
    assert again.json()["error"] == "invalid_grant"
    assert refreshed.status_code == 200


@requirement("okta:device")
async def test_a_device_that_asks_too_often_is_told_to_slow_down(world: World) -> None:
    """Each time five seconds more (RFC 8628 §3.5)."""
    codes = await world.device(world.custom)
    errors = []
    for wait in (0, 1, 10, 9, 15):
        world.org.clock.offset_seconds += wait
        errors.append((await poll(world, codes)).json()["error"])

    pending = "authorization_pending"
    assert errors == [pending, "slow_down", pending, "slow_down", pending]


async def test_codes_live_for_ten_minutes(world: World) -> None:
    """docs/facts/okta.md §2."""
    codes = await world.device(world.custom)
    with moved(world.org, 601):
        late = await poll(world, codes)
        async with world.org.browser() as browser:
            page = await enter_code(browser, codes["user_code"])

    assert (late.status_code, late.json()["error"]) == (400, "expired_token")
    assert "Invalid code" in page.text


@pytest.mark.parametrize("written", ["{}", " {} ", "lower", "dashed"])
async def test_a_code_may_be_typed_in_any_case_and_with_dashes(world: World, written: str) -> None:
    """RFC 8628 §6.1."""
    codes = await world.device(world.custom)
    code = codes["user_code"]
    typed = {"lower": code.lower(), "dashed": f"{code[:4]}-{code[4:]}"}.get(written, written.format(code))
    async with world.org.browser() as browser:
        page = await enter_code(browser, typed)

    assert 'name="password"' in page.text


async def test_a_wrong_code_is_asked_for_again(world: World) -> None:
    """The page says so, and nobody signs in (RFC 8628 §3.3)."""
    async with world.org.browser() as browser:
        page = await enter_code(browser, "BCDFGHJK")

    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert 'aria-invalid="true"' in page.text


@pytest.mark.parametrize("decision", ["allow", "cancel"])
async def test_consent_is_asked_for_and_cancelled_on_the_activation_page(world: World, decision: str) -> None:
    """Consent where it is due; Cancel is access_denied at the device (RFC 8628 §3.5)."""
    await world.org.make(f"{world.org.server_path}/scopes", {"name": "mcp:admin", "consent": "REQUIRED"})
    app = world.apps["native"]
    oauth = {**app["settings"]["oauthClient"], "consent_method": "REQUIRED"}
    body = {**app, "settings": {**app["settings"], "oauthClient": oauth}}
    await world.org.call("PUT", f"/api/v1/apps/{app['id']}", body)
    rules = f"{world.org.server_path}/policies"
    policy = (await world.org.call("GET", rules)).json()[-1]
    rule = await world.org.rule_body("mcp-readers", 1, ["mcp:admin"])
    rule["conditions"]["grantTypes"]["include"] = [DEVICE]
    await world.org.make(f"{rules}/{policy['id']}/rules", {**rule, "name": "admin"})
    codes = await world.device(world.custom, "mcp:admin")
    async with world.org.browser() as browser:
        page = await enter_person(browser, await enter_code(browser, codes["user_code"]))
        form = SignInForm(page.text)
        done = await browser.post(form.action, data={**form.fields, "decision": decision})
    answer = await poll(world, codes)

    assert "<li>mcp:admin</li>" in page.text
    assert done.status_code == 200
    assert answer.json().get("error") == (None if decision == "allow" else "access_denied")


@requirement("okta:device")
async def test_policies_and_assignments_decide_about_devices_too(world: World) -> None:
    """The grant type must be in the rule, the person assigned (docs/facts/okta.md §7)."""
    codes = await world.device(world.custom, "mcp:write")
    async with world.org.browser() as browser:
        page = await enter_person(browser, await enter_code(browser, codes["user_code"]))
    answer = await poll(world, codes)

    assert page.status_code == 403
    assert "Policy evaluation failed" in page.text
    assert answer.json()["error"] == "access_denied"
    assert answer.json()["error_description"].startswith("Policy evaluation failed for this request")


async def test_a_device_code_is_worth_nothing_elsewhere(world: World) -> None:
    """Another client or another server may not use it (RFC 8628 §3.4)."""
    codes = await world.device(world.custom)
    elsewhere = await poll(world, codes, "/oauth2/default")
    stranger = await poll(world, codes, client_id=world.org.client["id"])

    assert elsewhere.json()["error"] == "invalid_grant"
    assert stranger.json()["error"] == "unauthorized_client"


async def test_a_wrong_password_on_the_activation_page_keeps_the_code(world: World) -> None:
    """The person may try again (ours)."""
    codes = await world.device(world.custom)
    async with world.org.browser() as browser:
        page = await enter_code(browser, codes["user_code"])
        form = SignInForm(page.text)
        wrong = await browser.post(form.action, data={**form.fields, "identifier": READER, "password": "wrong"})
        done = await enter_person(browser, wrong)

    assert wrong.status_code == 401
    assert "Device activated" in done.text


async def test_a_form_from_elsewhere_is_refused_on_the_activation_page(world: World) -> None:
    """Nobody's device is let in by another site (ours: CSRF)."""
    codes = await world.device(world.custom)
    async with world.org.browser() as browser, world.org.browser() as stranger:
        form = SignInForm((await browser.get("/activate", params={"user_code": codes["user_code"]})).text)
        response = await stranger.post(form.action, data=form.fields)

    assert response.status_code == 403
