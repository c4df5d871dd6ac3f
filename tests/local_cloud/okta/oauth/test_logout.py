"""The end of a browser's session."""

import pytest

from tests.local_cloud.okta.oauth.world import AFTERWARDS, World
from tests.local_cloud.okta.org import moved
from tests.local_cloud.okta.sign_in import answer_of
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


@requirement("okta:logout")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("seconds", [0, 5000])
async def test_an_app_signs_the_person_out_and_gets_the_browser_back(world: World, method: str, seconds: int) -> None:
    """An ID token that has expired will do (Okta's reference, /logout; RP-Initiated Logout §2)."""
    hint = (await world.tokens(world.custom))["id_token"]
    params = {"id_token_hint": hint, "post_logout_redirect_uri": AFTERWARDS, "state": "s 1"}
    sent = {"params": params} if method == "GET" else {"data": params}
    async with world.org.browser() as browser:
        await world.signed_in(browser, world.custom)
        with moved(world.org, seconds):
            response = await browser.request(method, f"{world.custom}/v1/logout", **sent)
            silent = answer_of(await world.sign_in(world.custom, prompt="none").ask(browser))

    assert response.status_code == 302
    assert response.headers["location"] == f"{AFTERWARDS}?state=s+1"
    assert silent["error"] == "login_required"


@requirement("okta:logout")
async def test_the_way_back_must_be_registered_to_the_letter(world: World) -> None:
    """A page with Okta's words, and never a redirect; the session stays."""
    hint = (await world.tokens(world.custom))["id_token"]
    async with world.org.browser() as browser:
        await world.signed_in(browser, world.custom)
        params = {"id_token_hint": hint, "post_logout_redirect_uri": f"{AFTERWARDS}/"}
        response = await browser.get(f"{world.custom}/v1/logout", params=params)
        silent = answer_of(await world.sign_in(world.custom, prompt="none").ask(browser))

    assert (response.status_code, "location" in response.headers) == (400, False)
    assert "parameter must be a Logout redirect URI in the client app settings: native" in response.text
    assert "code" in silent


async def test_only_an_id_token_of_this_server_will_do(world: World) -> None:
    """Not an access token, not another server's, not nothing (Okta's reference, /logout)."""
    tokens = await world.tokens(world.custom)
    hints = [None, "x", tokens["access_token"], (await world.tokens("/oauth2"))["id_token"]]
    async with world.org.browser() as browser:
        for hint in hints:
            params = {} if hint is None else {"id_token_hint": hint}
            response = await browser.get(f"{world.custom}/v1/logout", params=params)
            assert response.status_code == 400
            assert "id_token_hint" in response.text


async def test_somebody_elses_session_goes_on(world: World) -> None:
    """Only if the subject matches the session (Okta's reference, /logout)."""
    hint = (await world.tokens(world.custom))["id_token"]
    async with world.org.browser() as browser:
        await world.sign_in("/oauth2").answer(browser, "editor@example.com")
        page = await browser.get(f"{world.custom}/v1/logout", params={"id_token_hint": hint})
        silent = answer_of(await world.sign_in("/oauth2", prompt="none").ask(browser))

    assert "somebody else" in page.text
    assert "code" in silent


async def test_a_person_signs_out(world: World) -> None:
    """`/login/signout` ends the session; where to go next is not emulated (Okta, sign users out)."""
    async with world.org.browser() as browser:
        await world.signed_in(browser, world.custom)
        refused = await browser.get("/login/signout", params={"fromURI": "https://elsewhere.example"})
        page = await browser.get("/login/signout")
        silent = answer_of(await world.sign_in(world.custom, prompt="none").ask(browser))

    assert (refused.status_code, "location" in refused.headers) == (400, False)
    assert "You are signed out" in page.text
    assert silent["error"] == "login_required"
