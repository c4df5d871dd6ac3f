"""The authorization endpoint's edges: modes, prompts, forms, cookies."""

from urllib.parse import urlencode

import pytest

from tests.local_cloud.okta.oauth.world import READER, World
from tests.local_cloud.okta.org import CALLBACK
from tests.local_cloud.okta.sign_in import PASSWORDS, SignInForm, answer_of
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


async def test_a_request_may_come_as_a_form(world: World) -> None:
    """OpenID Connect Core §3.1.2.1: GET and POST."""
    login = world.sign_in(world.custom)
    async with world.org.browser() as browser:
        page = await browser.post(f"{login.base}/v1/authorize", data=login.params)
        answer = answer_of(await login.enter(browser, page, READER, PASSWORDS[READER]))
        other = await browser.post(f"{login.base}/v1/authorize", json=login.params)

    assert (answer["state"], "code" in answer) == (login.state, True)
    assert (other.status_code, other.headers["content-type"][:9]) == (400, "text/html")


async def test_a_parameter_sent_twice_is_a_page(world: World) -> None:
    """RFC 6749 §3.1; the two values of `resource` are no error (RFC 8707 §2)."""
    login = world.sign_in(world.custom)
    twice = urlencode([*login.params.items(), ("redirect_uri", "https://elsewhere.example")])
    resources = urlencode([*login.params.items(), ("resource", "http://127.0.0.1:9000/other")])
    async with world.org.browser() as browser:
        page = await browser.get(f"{login.base}/v1/authorize?{twice}")
        allowed = await browser.get(f"{login.base}/v1/authorize?{resources}")

    assert (page.status_code, "location" in page.headers) == (400, False)
    assert "must not be included more than once" in page.text
    assert allowed.status_code == 200


@pytest.mark.parametrize("mode", ["query", "fragment"])
async def test_errors_travel_in_the_mode_that_was_asked_for(world: World, mode: str) -> None:
    """OAuth 2.0 Multiple Response Types §2.1."""
    login = world.sign_in(world.custom, response_mode=mode, prompt="none")
    async with world.org.browser() as browser:
        location = (await login.ask(browser)).headers["location"]

    sign = {"query": "?", "fragment": "#"}[mode]
    assert location.startswith(f"{CALLBACK}{sign}state={login.state}&error=login_required")


async def test_an_answer_in_a_form_submits_itself_under_a_strict_policy(world: World) -> None:
    """OAuth 2.0 Form Post Response Mode; the one script is named by its hash (CSP 3)."""
    async with world.org.browser() as browser:
        page = await world.sign_in(world.custom, response_mode="form_post", prompt="none").ask(browser)

    policy = page.headers["content-security-policy"]
    assert SignInForm(page.text).fields["error"] == "login_required"
    assert "script-src 'sha256-" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("extra", "what"),
    [
        ({"response_mode": "okta_post_message"}, "response mode 'okta_post_message'"),
        ({"response_type": "token"}, "response type 'token'"),
        ({"response_type": "code token id_token"}, "response type 'code token id_token'"),
        ({"prompt": "enroll_authenticator"}, "prompt 'enroll_authenticator'"),
    ],
)
async def test_what_okta_has_and_this_one_lacks_is_refused_in_our_own_words(
    world: World, extra: dict[str, str], what: str
) -> None:
    """Nobody must take it for Okta's own refusal (Okta's reference, authorize; ours: unknown means refused)."""
    async with world.org.browser() as browser:
        answer = answer_of(await world.sign_in(world.custom, **extra).ask(browser))

    assert answer["error_description"] == f"The local Okta does not emulate the {what}."


async def test_an_app_for_the_implicit_flow_may_be_made_and_gets_no_token(world: World) -> None:
    """Kept as at Okta, and refused by name where it is used (ours: unknown means refused)."""
    implicit = {"application_type": "browser", "grant_types": ["implicit"], "response_types": ["token", "id_token"]}
    await world.app("implicit", "none", {**implicit, "redirect_uris": [CALLBACK]})
    login = world.sign_in(world.custom, app="implicit", response_type="id_token token", nonce="n")
    async with world.org.browser() as browser:
        location = (await login.ask(browser)).headers["location"]

    assert location.startswith(f"{CALLBACK}#state={login.state}&error=unsupported_response_type")


@pytest.mark.parametrize(
    "extra",
    [
        {"request": "a.b.c"},
        {"dpop_jkt": "x"},
        {"sessionToken": "x"},
        {"idp": "x"},
        {"claims": "{}"},
        {"acr_values": "urn:okta:loa:2fa:any"},
    ],
)
async def test_what_would_change_the_answer_is_refused_by_name(world: World, extra: dict[str, str]) -> None:
    """Never ignored in silence (ours: unknown means refused)."""
    async with world.org.browser() as browser:
        answer = answer_of(await world.sign_in(world.custom, **extra).ask(browser))

    assert answer["error"] == "invalid_request"
    assert f"'{next(iter(extra))}'" in answer["error_description"]


@pytest.mark.parametrize(("characters", "refused"), [(1024, False), (1025, True)])
async def test_a_scope_parameter_has_a_longest_value(world: World, characters: int, refused: bool) -> None:
    """1024 characters (Okta's reference, scope values), for people and for devices."""
    scope = "openid".ljust(characters - 7) + " openid"
    async with world.org.browser() as browser:
        response = await world.sign_in(world.custom, scope).ask(browser)
        form = {"client_id": world.id("native"), "scope": scope}
        device = await browser.post(f"{world.custom}/v1/device/authorize", data=form)

    assert (response.status_code, device.status_code) == ((302, 400) if refused else (200, 200))
    if refused:
        assert answer_of(response)["error"] == device.json()["error"] == "invalid_scope"
        assert "1024 characters" in device.text


@requirement("okta:session")
async def test_each_sign_in_begins_a_session_of_its_own(world: World) -> None:
    """A cookie from before the sign-in is worth nothing after it (ours: session fixation)."""
    async with world.org.browser() as browser:
        await world.signed_in(browser, world.custom)
        before = browser.cookies["idx"]
        page = await world.sign_in(world.custom, prompt="login").ask(browser)
        response = await world.sign_in(world.custom).enter(browser, page, READER, PASSWORDS[READER])
        after = browser.cookies["idx"]
    async with world.org.browser(cookies={"idx": before}) as thief:
        stolen = answer_of(await world.sign_in(world.custom, prompt="none").ask(thief))

    assert before != after
    cookie = next(value for value in response.headers.get_list("set-cookie") if value.startswith("idx="))
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert stolen["error"] == "login_required"


async def test_a_cookie_over_https_stays_there(world: World) -> None:
    """The `Secure` attribute where TLS ends at the org (RFC 6265 §4.1.2.5)."""
    login = world.sign_in(world.custom)
    async with world.org.browser() as browser:
        page = await browser.get(f"https://127.0.0.1:8480{login.base}/v1/authorize", params=login.params)

    assert "Secure" in page.headers["set-cookie"]


async def test_nobody_signs_in_by_an_id(world: World) -> None:
    """The login alone names a person (ours)."""
    user = (await world.org.call("GET", f"/api/v1/users/{READER}")).json()["id"]
    login = world.sign_in(world.custom)
    async with world.org.browser() as browser:
        response = await login.enter(browser, await login.ask(browser), user, PASSWORDS[READER])

    assert response.status_code == 401


@pytest.mark.parametrize("path", ["authorize", "signin", "consent"])
async def test_a_broken_form_is_a_page_and_no_redirect(world: World, path: str) -> None:
    """Whatever arrives, people see a page (ours)."""
    async with world.org.browser() as browser:
        response = await browser.post(f"{world.custom}/v1/{path}", content=b"\xff\x00%zz&&==", headers={})

    assert response.status_code in (400, 403)
    assert response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["par", "bc/authorize"])
async def test_endpoints_that_are_not_emulated_are_neither_served_nor_advertised(world: World, path: str) -> None:
    """Pushed requests (RFC 9126) and CIBA: refused by name (ours)."""
    async with world.org.browser() as browser:
        response = await browser.post(f"{world.custom}/v1/{path}", data={"client_id": world.id("native")})
        document = (await browser.get(f"{world.custom}/.well-known/openid-configuration")).json()

    assert response.status_code == 501
    assert response.json()["errorSummary"].endswith(f"POST {world.custom}/v1/{path}")
    assert not [name for name in document if "pushed" in name or "backchannel" in name or "dpop" in name]
