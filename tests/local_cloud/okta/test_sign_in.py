"""A person signs in: the authorization endpoint, the sign-in page, the code, the token."""

import json

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from tests.local_cloud.okta.org import AUDIENCE, CALLBACK, NATIVE_APP, OktaOrg, moved
from tests.local_cloud.okta.sign_in import PASSWORDS, Login, SignInForm, answer_of
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


@requirement("okta:sign-in")
@requirement("okta:access-token")
async def test_a_reader_gets_exactly_oktas_access_token(org: OktaOrg) -> None:
    """Header {kid, alg}, scp a list, one audience, cid and uid, no scope and no client_id (docs/facts/okta.md §2)."""
    login = Login(org, "openid profile offline_access mcp:read", {"nonce": "n-1"})
    async with org.browser() as browser:
        answer = await login.tokens(browser, "reader@example.com")
        keys = (await browser.get(f"{login.base}/v1/keys")).json()

    read = jws.deserialize_compact(answer["access_token"], KeySet.import_key_set(keys), algorithms=["RS256"])
    claims = json.loads(read.payload)
    assert set(read.headers()) == {"kid", "alg"}
    assert set(claims) == {"ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "auth_time", "scp", "sub"}
    assert claims["iss"] == org.server["issuer"]
    assert claims["aud"] == AUDIENCE
    assert claims["cid"] == org.client["id"]
    assert claims["sub"] == "reader@example.com"
    assert claims["scp"] == ["openid", "profile", "offline_access", "mcp:read"]
    assert claims["exp"] - claims["iat"] == answer["expires_in"] == 3600
    assert claims["jti"].startswith("AT.")
    identity = json.loads(jws.deserialize_compact(answer["id_token"], KeySet.import_key_set(keys)).payload)
    assert (identity["aud"], identity["nonce"], identity["sub"]) == (org.client["id"], "n-1", claims["uid"])
    assert set(answer) == {"token_type", "expires_in", "access_token", "scope", "refresh_token", "id_token"}


async def test_the_token_answer_must_not_be_stored(org: OktaOrg) -> None:
    """RFC 6749 §5.1."""
    login = Login(org)
    async with org.browser() as browser:
        code = (await login.answer(browser, "reader@example.com"))["code"]
        response = await login.exchange(browser, code)

    assert response.headers["cache-control"] == "no-store"


async def test_the_answer_carries_state_and_no_issuer(org: OktaOrg) -> None:
    """Okta sends no `iss` (docs/facts/okta.md §4)."""
    login = Login(org)
    async with org.browser() as browser:
        answer = await login.answer(browser, "reader@example.com")

    assert set(answer) == {"code", "state"}
    assert answer["state"] == login.state


@requirement("okta:unassigned")
async def test_an_outsider_may_sign_in_but_is_not_assigned(org: OktaOrg) -> None:
    """Okta's words for a person without an assignment (docs/facts/okta.md §8)."""
    async with org.browser() as browser:
        answer = await Login(org).answer(browser, "outsider@example.com")

    assert answer["error"] == "access_denied"
    assert answer["error_description"] == "User is not assigned to the client application."


@requirement("okta:policy-decides")
async def test_a_rule_edited_by_the_administrator_changes_the_same_sign_in(org: OktaOrg) -> None:
    """The reader is refused the write, then a rule admits it, then the rule is taken away (issue 3)."""
    login = Login(org, "mcp:read mcp:write")
    rules = f"{org.server_path}/policies/{org.policy['id']}/rules/{org.readers['id']}"
    async with org.browser() as browser:
        refused = await login.answer(browser, "reader@example.com")
        wider = await org.rule_body("mcp-readers", 2, ["mcp:read", "mcp:write"])
        assert (await org.call("PUT", rules, wider)).status_code == 200
        admitted = answer_of(await login.ask(browser))
        assert (await org.call("DELETE", rules)).status_code == 204
        refused_again = answer_of(await login.ask(browser))

    assert refused["error"] == refused_again["error"] == "access_denied"
    failure = "Policy evaluation failed for this request, please check the policy configurations."
    assert refused["error_description"] == failure
    assert "code" in admitted


@requirement("okta:session")
async def test_a_second_request_in_the_same_browser_is_silent(org: OktaOrg) -> None:
    """Step-up needs no password; prompt=login and an old session do (OpenID Connect Core §3.1.2.1)."""
    async with org.browser() as browser:
        await Login(org).answer(browser, "editor@example.com")
        step_up = Login(org, "mcp:read mcp:write", {"prompt": "consent"})
        silent = await step_up.ask(browser)
        fresh = await Login(org, extra={"prompt": "login"}).ask(browser)
        with moved(org, 600):
            aged = await Login(org, extra={"max_age": "300"}).ask(browser)
        with moved(org, 3 * 3600):
            late = await Login(org).ask(browser)
        tokens = (await step_up.exchange(browser, answer_of(silent)["code"])).json()

    assert [response.status_code for response in (fresh, aged, late)] == [200, 200, 200]
    assert tokens["scope"] == "mcp:read mcp:write"


async def test_prompt_none_without_a_session_is_login_required(org: OktaOrg) -> None:
    """OpenID Connect Core §3.1.2.6."""
    async with org.browser() as browser:
        answer = answer_of(await Login(org, extra={"prompt": "none"}).ask(browser))

    assert answer["error"] == "login_required"


@pytest.mark.parametrize(("name", "password"), [("reader@example.com", "wrong"), ("nobody@example.com", "wrong")])
async def test_a_wrong_password_and_an_unknown_name_look_the_same(org: OktaOrg, name: str, password: str) -> None:
    """The same page again with 401, and no session (ours: no user enumeration)."""
    login = Login(org)
    async with org.browser() as browser:
        page = await login.ask(browser)
        again = await login.enter(browser, page, name, password)
        assert "idx" not in browser.cookies

    assert again.status_code == 401
    assert "Unable to sign in" in again.text
    before, after = SignInForm(page.text), SignInForm(again.text)
    assert {**after.fields, "identifier": ""} == before.fields


async def test_a_form_from_elsewhere_is_refused(org: OktaOrg) -> None:
    """Without the browser's own token, no sign-in (ours: login CSRF)."""
    login = Login(org)
    async with org.browser() as browser, org.browser() as stranger:
        page = await login.ask(browser)
        response = await login.enter(stranger, page, "reader@example.com", PASSWORDS["reader@example.com"])

    assert response.status_code == 403


async def test_the_page_escapes_what_it_shows(org: OktaOrg) -> None:
    """A hint with markup stays text (ours)."""
    async with org.browser() as browser:
        page = await Login(org, extra={"login_hint": '"><script>alert(1)</script>'}).ask(browser)

    assert "<script>" not in page.text
    assert SignInForm(page.text).fields["identifier"] == '"><script>alert(1)</script>'


@requirement("okta:error-page")
@pytest.mark.parametrize(
    "extra",
    [
        {"redirect_uri": "http://127.0.0.1:8766/callback"},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": None},
        {"client_id": "0oaunknown"},
        {"client_id": None},
    ],
)
async def test_a_bad_client_or_redirect_uri_is_a_page_and_never_a_redirect(org: OktaOrg, extra: dict[str, str]) -> None:
    """RFC 6749 §3.1.2.4: exact match, port and trailing slash included (docs/facts/okta.md §6)."""
    async with org.browser() as browser:
        response = await Login(org, extra=extra).ask(browser)

    assert response.status_code == 400
    assert "location" not in response.headers
    assert response.headers["content-type"].startswith("text/html")


@requirement("okta:pkce")
@pytest.mark.parametrize(
    ("extra", "error"),
    [
        ({"state": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "okta_post_message"}, "unsupported_response_mode"),
        ({"scope": "mcp:unknown"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"request_uri": "urn:x"}, "invalid_request"),
    ],
)
async def test_other_mistakes_are_told_to_the_client(org: OktaOrg, extra: dict[str, str], error: str) -> None:
    """RFC 6749 §4.1.2.1, RFC 7636 §4.4.1; Okta demands state and S256."""
    async with org.browser() as browser:
        answer = answer_of(await Login(org, extra=extra).ask(browser))

    assert answer["error"] == error
    assert answer["error_description"]


async def test_response_modes_fragment_and_form_post(org: OktaOrg) -> None:
    """OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode."""
    async with org.browser() as browser:
        await Login(org).answer(browser, "reader@example.com")
        fragment = await Login(org, extra={"response_mode": "fragment"}).ask(browser)
        form_post = await Login(org, extra={"response_mode": "form_post"}).ask(browser)

    assert fragment.headers["location"].startswith(f"{CALLBACK}#state=")
    form = SignInForm(form_post.text)
    assert form.action == CALLBACK
    assert set(form.fields) == {"state", "code"}


async def admit_admin(org: OktaOrg, method: str, consent: str) -> None:
    """Let readers have a scope with this consent, through an app with this consent method."""
    scope = {"name": "mcp:admin", "consent": consent, "description": "Run <everything>"}
    await org.make(f"{org.server_path}/scopes", scope)
    body = await org.rule_body("mcp-readers", 2, ["mcp:read", "mcp:admin"])
    await org.call("PUT", f"{org.server_path}/policies/{org.policy['id']}/rules/{org.readers['id']}", body)
    oauth = {**NATIVE_APP["settings"]["oauthClient"], "consent_method": method}
    await org.call("PUT", f"/api/v1/apps/{org.client['id']}", {**NATIVE_APP, "settings": {"oauthClient": oauth}})


@requirement("okta:consent")
@pytest.mark.parametrize(
    ("prompt", "method", "consent", "asked"),
    [
        ("consent", "TRUSTED", "REQUIRED", True),
        ("consent", "TRUSTED", "FLEXIBLE", True),
        ("consent", "TRUSTED", "IMPLICIT", False),
        ("consent", "REQUIRED", "IMPLICIT", False),
        (None, "TRUSTED", "REQUIRED", False),
        (None, "REQUIRED", "REQUIRED", True),
        (None, "REQUIRED", "FLEXIBLE", True),
        (None, "REQUIRED", "IMPLICIT", False),
    ],
)
async def test_consent_is_asked_for_as_in_oktas_table(
    org: OktaOrg, prompt: str | None, method: str, consent: str, asked: bool
) -> None:
    """The table of prompt, consent_method and scope (Okta, request user consent)."""
    await admit_admin(org, method, consent)
    async with org.browser() as browser:
        login = Login(org, "mcp:admin", {"prompt": prompt})
        response = await login.enter(browser, await login.ask(browser), "reader@example.com", "Reader-1!")

    assert (response.status_code, "Allow access" in response.text) == ((200, True) if asked else (302, False))


@requirement("okta:consent")
async def test_consent_is_given_once_or_refused(org: OktaOrg) -> None:
    """What was agreed to is remembered; without a page there is consent_required; Cancel is access_denied."""
    await admit_admin(org, "REQUIRED", "REQUIRED")
    login = Login(org, "mcp:admin mcp:read")
    async with org.browser() as browser, org.browser() as stranger:
        page = await login.enter(browser, await login.ask(browser), "reader@example.com", "Reader-1!")
        form = SignInForm(page.text)
        silent = answer_of(await Login(org, "mcp:admin", {"prompt": "none"}).ask(browser))
        foreign = await stranger.post(form.action, data={**form.fields, "decision": "allow"})
        cancelled = answer_of(await browser.post(form.action, data={**form.fields, "decision": "cancel"}))
        allowed = answer_of(await browser.post(form.action, data={**form.fields, "decision": "allow"}))
        tokens = await login.exchange(browser, allowed["code"])
        remembered = answer_of(await Login(org, "mcp:admin").ask(browser))

    assert "<li>Run &lt;everything&gt;</li>" in page.text
    assert silent["error"] == "consent_required"
    assert foreign.status_code == 403
    assert cancelled["error"] == "access_denied"
    assert tokens.json()["scope"] == "mcp:admin mcp:read"
    assert "code" in remembered


@requirement("okta:consent")
async def test_consent_is_remembered_scope_by_scope(org: OktaOrg) -> None:
    """A scope that comes later is asked for alone (Okta, request user consent)."""
    await admit_admin(org, "REQUIRED", "REQUIRED")
    await org.make(f"{org.server_path}/scopes", {"name": "mcp:more", "consent": "FLEXIBLE"})
    body = await org.rule_body("mcp-readers", 2, ["mcp:admin", "mcp:more"])
    await org.call("PUT", f"{org.server_path}/policies/{org.policy['id']}/rules/{org.readers['id']}", body)
    async with org.browser() as browser:
        page = await Login(org, "mcp:admin").ask_and_enter(browser)
        form = SignInForm(page.text)
        await browser.post(form.action, data={**form.fields, "decision": "allow"})
        later = await Login(org, "mcp:admin mcp:more").ask(browser)

    assert later.text.count("<li>") == 1
    assert "<li>mcp:more</li>" in later.text


@pytest.mark.parametrize(
    ("extra", "error"),
    [
        ({"code": "unknown"}, "invalid_grant"),
        ({"code_verifier": "x" * 50}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"redirect_uri": "http://localhost:8765/callback"}, "invalid_grant"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
    ],
)
async def test_a_bad_exchange_is_refused(org: OktaOrg, extra: dict[str, str], error: str) -> None:
    """RFC 6749 §5.2, RFC 7636 §4.6."""
    login = Login(org)
    async with org.browser() as browser:
        code = (await login.answer(browser, "reader@example.com"))["code"]
        response = await login.exchange(browser, code, **extra)

    assert (response.status_code, response.json()["error"]) == (400, error)


async def test_a_code_lives_for_five_minutes(org: OktaOrg) -> None:
    """Okta's code lifetime is 300 s (docs/facts/okta.md §2)."""
    login = Login(org)
    async with org.browser() as browser:
        code = (await login.answer(browser, "reader@example.com"))["code"]
        with moved(org, 301):
            response = await login.exchange(browser, code)

    assert response.json()["error_description"] == "The authorization code is invalid or has expired."


async def test_a_code_used_twice_takes_the_tokens_back(org: OktaOrg) -> None:
    """RFC 6749 §4.1.2."""
    login = Login(org)
    async with org.browser() as browser:
        code = (await login.answer(browser, "reader@example.com"))["code"]
        first = (await login.exchange(browser, code)).json()
        again = await login.exchange(browser, code)
        state = (await login.post(browser, "introspect", token=first["access_token"])).json()
        refresh = await login.post(browser, "token", grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert again.status_code == refresh.status_code == 400
    assert state == {"active": False}


@pytest.mark.parametrize("client", ["0oaunknown", None])
async def test_an_unknown_client_is_invalid_with_401(org: OktaOrg, client: str | None) -> None:
    """RFC 6749 §5.2."""
    async with org.browser() as browser:
        response = await Login(org).exchange(browser, "x", client_id=client)

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
