"""Tokens after the sign-in: refresh, introspection, revocation, services, claims, keys, discovery."""

import json
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from local_cloud.errors import LocalCloudError
from tests.local_cloud.okta.org import AUDIENCE, NATIVE_APP, ORG_URL, OktaOrg, moved
from tests.local_cloud.okta.sign_in import Login, answer_of
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, not checked."""
    return json.loads(jws.extract_compact(token.encode()).payload)


def key_of(tokens: dict[str, Any]) -> str:
    """The id of the key that signed."""
    return jws.extract_compact(tokens["access_token"].encode()).headers()["kid"]


async def refresh(login: Login, browser: httpx2.AsyncClient, token: str, **extra: str) -> httpx2.Response:
    """Use a refresh token."""
    return await login.post(browser, "token", grant_type="refresh_token", refresh_token=token, **extra)


async def is_active(login: Login, browser: httpx2.AsyncClient, token: str) -> bool:
    """Ask the server about a token."""
    return (await login.post(browser, "introspect", token=token)).json()["active"]


@requirement("okta:rotation")
async def test_a_refresh_token_is_replaced_by_the_next(org: OktaOrg) -> None:
    """Rotation (docs/facts/okta.md §2): a new refresh token, a new access token, the same sign-in."""
    login = Login(org)
    async with org.browser() as browser:
        first = await login.tokens(browser, "reader@example.com")
        with moved(org, 4000):
            second = (await refresh(login, browser, first["refresh_token"])).json()

    assert second["refresh_token"] != first["refresh_token"]
    before, after = claims_of(first["access_token"]), claims_of(second["access_token"])
    assert after["auth_time"] == before["auth_time"]
    assert after["iat"] >= before["iat"] + 4000
    assert second["scope"] == first["scope"]


@requirement("okta:rotation")
async def test_the_old_token_works_within_the_leeway(org: OktaOrg) -> None:
    """Two commands that share a token both succeed (docs/facts/okta.md §2: leeway)."""
    login = Login(org)
    async with org.browser() as browser:
        first = await login.tokens(browser, "reader@example.com")
        one = await refresh(login, browser, first["refresh_token"])
        with moved(org, 20):
            two = await refresh(login, browser, first["refresh_token"])
        both = [await refresh(login, browser, answer.json()["refresh_token"]) for answer in (one, two)]

    assert [response.status_code for response in (one, two, *both)] == [200] * 4


@requirement("okta:rotation")
async def test_a_reused_token_ends_the_family(org: OktaOrg) -> None:
    """Reuse after the leeway invalidates the newest refresh token and every access token (docs/facts/okta.md §2)."""
    login = Login(org)
    async with org.browser() as browser:
        first = await login.tokens(browser, "reader@example.com")
        second = (await refresh(login, browser, first["refresh_token"])).json()
        with moved(org, 40):
            reused = await refresh(login, browser, first["refresh_token"])
            newest = await refresh(login, browser, second["refresh_token"])
            alive = [await is_active(login, browser, answer["access_token"]) for answer in (first, second)]

    assert reused.json() == newest.json()
    assert reused.json()["error_description"] == "The refresh token is invalid or expired."
    assert alive == [False, False]


async def test_an_app_without_rotation_keeps_its_token(org: OktaOrg) -> None:
    """STATIC is the default of native apps (docs/facts/okta.md §2)."""
    oauth = {**NATIVE_APP["settings"]["oauthClient"], "refresh_token": {"rotation_type": "STATIC"}}
    await org.call("PUT", f"/api/v1/apps/{org.client['id']}", {**NATIVE_APP, "settings": {"oauthClient": oauth}})
    login = Login(org)
    async with org.browser() as browser:
        first = await login.tokens(browser, "reader@example.com")
        answers = [(await refresh(login, browser, first["refresh_token"])).json() for _ in range(3)]

    assert {answer["refresh_token"] for answer in answers} == {first["refresh_token"]}


@pytest.mark.parametrize(("seconds", "status"), [(6 * 24 * 3600, 200), (8 * 24 * 3600, 400)])
async def test_a_refresh_token_expires_unused(org: OktaOrg, seconds: int, status: int) -> None:
    """After 7 days by default (docs/facts/okta.md §2)."""
    login = Login(org)
    async with org.browser() as browser:
        first = await login.tokens(browser, "reader@example.com")
        with moved(org, seconds):
            response = await refresh(login, browser, first["refresh_token"])

    assert response.status_code == status


async def test_a_refresh_can_ask_for_less_and_never_for_more(org: OktaOrg) -> None:
    """RFC 6749 §6."""
    login = Login(org, "offline_access mcp:read mcp:write")
    async with org.browser() as browser:
        first = await login.tokens(browser, "editor@example.com")
        less = await refresh(login, browser, first["refresh_token"], scope="mcp:read")
        more = await refresh(login, browser, less.json()["refresh_token"], scope="mcp:read profile")

    assert claims_of(less.json()["access_token"])["scp"] == ["mcp:read"]
    assert more.json()["error"] == "invalid_scope"


@pytest.mark.parametrize("path", ["lifecycle/suspend", "lifecycle/deactivate"])
async def test_who_has_left_cannot_refresh(org: OktaOrg, path: str) -> None:
    """A person who is not active gets no token, and introspection says so."""
    login = Login(org)
    async with org.browser() as browser:
        first = await login.tokens(browser, "reader@example.com")
        assert (await org.call("POST", f"/api/v1/users/reader@example.com/{path}")).status_code == 200
        response = await refresh(login, browser, first["refresh_token"])
        alive = await is_active(login, browser, first["access_token"])
        page = await login.ask(browser)

    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
    assert not alive
    assert page.status_code == 200


async def test_a_refresh_meets_the_policy_again(org: OktaOrg) -> None:
    """A rule that went away is missed at the next refresh (issue 3: the objects decide)."""
    login = Login(org)
    async with org.browser() as browser:
        first = await login.tokens(browser, "reader@example.com")
        await org.call("DELETE", f"{org.server_path}/policies/{org.policy['id']}/rules/{org.readers['id']}")
        response = await refresh(login, browser, first["refresh_token"])

    assert (response.status_code, response.json()["error"]) == (400, "access_denied")


@requirement("okta:introspection")
async def test_introspection_tells_what_okta_tells(org: OktaOrg) -> None:
    """RFC 7662 §2.2 with Okta's fields (docs/facts/okta.md §2)."""
    login = Login(org)
    async with org.browser() as browser:
        tokens = await login.tokens(browser, "reader@example.com")
        facts = (await login.post(browser, "introspect", token=tokens["access_token"])).json()
        garbage = (await login.post(browser, "introspect", token="a.b.c")).json()
        with moved(org, 3601):
            expired = (await login.post(browser, "introspect", token=tokens["access_token"])).json()
        stranger = await login.post(browser, "introspect", token="x", client_id=None)

    assert facts["active"] is True
    assert (facts["token_type"], facts["aud"], facts["client_id"]) == ("Bearer", AUDIENCE, org.client["id"])
    assert facts["scope"] == "openid profile offline_access mcp:read"
    assert facts["username"] == facts["sub"] == "reader@example.com"
    assert {"exp", "iat", "iss", "jti", "uid"} <= set(facts)
    assert garbage == expired == {"active": False}
    assert stranger.status_code == 401


@requirement("okta:revocation")
async def test_revocation_ends_what_it_names(org: OktaOrg) -> None:
    """An access token alone, or a refresh token with its family; an unknown one is 200 (RFC 7009 §2)."""
    login = Login(org)
    async with org.browser() as browser:
        tokens = await login.tokens(browser, "reader@example.com")
        access, long_lived = tokens["access_token"], tokens["refresh_token"]
        codes = [(await login.post(browser, "revoke", token=access)).status_code]
        states = [await is_active(login, browser, token) for token in (access, long_lived)]
        other = (await refresh(login, browser, long_lived)).json()
        codes += [
            (await login.post(browser, "revoke", token=t)).status_code for t in (other["refresh_token"], "unknown")
        ]
        ended = [await is_active(login, browser, token) for token in (other["access_token"], other["refresh_token"])]

    assert codes == [200, 200, 200]
    assert states == [False, True]
    assert ended == [False, False]


async def test_userinfo_tells_what_the_scopes_allow(org: OktaOrg) -> None:
    """OpenID Connect Core §5.3."""
    login = Login(org, "openid email mcp:read")
    async with org.browser() as browser:
        token = (await login.tokens(browser, "reader@example.com"))["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        known = await browser.get(f"{login.base}/v1/userinfo", headers=bearer)
        refused = await browser.get(f"{login.base}/v1/userinfo", headers={"Authorization": "Bearer x"})

    assert known.json() == {"sub": claims_of(token)["uid"], "email": "reader@example.com", "email_verified": True}
    assert (refused.status_code, refused.headers["www-authenticate"][:22]) == (401, 'Bearer error="invalid_')


async def service(org: OktaOrg, key: RSAKey) -> dict[str, Any]:
    """Create a service app that signs with a key, and admit it to `mcp:read`."""
    oauth = {
        "application_type": "service",
        "grant_types": ["client_credentials"],
        "response_types": ["token"],
        "jwks": {"keys": [{**key.as_dict(private=False), "kid": "k1", "status": "ACTIVE"}]},
    }
    made = await org.make(
        "/api/v1/apps",
        {**NATIVE_APP, "label": "svc", "settings": {"oauthClient": oauth}}
        | {"credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}}},
    )
    policy = await org.make(
        f"{org.server_path}/policies",
        {"type": "OAUTH_AUTHORIZATION_POLICY", "name": "svc", "description": "svc"}
        | {"conditions": {"clients": {"include": [made["id"]]}}},
    )
    rule = await org.rule_body("mcp-readers", 1, ["mcp:read"])
    rule["conditions"] = {"grantTypes": {"include": ["client_credentials"]}, "scopes": {"include": ["mcp:read"]}}
    await org.make(f"{org.server_path}/policies/{policy['id']}/rules", rule)
    return made


def assertion(key: RSAKey, client: str, audience: str, **claims: Any) -> str:
    """A client assertion. Source: RFC 7523 §3."""
    body = {"iss": client, "sub": client, "aud": audience, "exp": int(time.time()) + 60, **claims}
    return jws.serialize_compact({"alg": "RS256", "kid": "k1"}, json.dumps(body).encode(), key, algorithms=["RS256"])


@requirement("okta:client-credentials")
async def test_a_service_gets_a_token_of_its_own(org: OktaOrg) -> None:
    """sub = cid, no uid, no auth_time (docs/facts/okta.md §2)."""
    key = RSAKey.generate_key(2048)
    client = (await service(org, key))["id"]
    endpoint = f"{org.server['issuer']}/v1/token"
    good = assertion(key, client, endpoint)
    bad = [
        assertion(RSAKey.generate_key(2048), client, endpoint),
        assertion(key, client, "https://elsewhere"),
        assertion(key, client, endpoint, exp=1),
        assertion(key, client, endpoint, iss="other"),
        assertion(key, "0oanone", endpoint),
        "a.b",
    ]
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    form = {"grant_type": "client_credentials", "scope": "mcp:read", "client_assertion_type": kind, "client_id": None}
    async with org.browser() as browser:
        token = await Login(org).post(browser, "token", **form, client_assertion=good)
        refused = [await Login(org).post(browser, "token", **form, client_assertion=value) for value in bad]
        reserved = await Login(org).post(browser, "token", **{**form, "scope": "openid"}, client_assertion=good)
        unadmitted = await Login(org).post(browser, "token", **{**form, "scope": "mcp:write"}, client_assertion=good)

    claims = claims_of(token.json()["access_token"])
    assert claims["sub"] == claims["cid"] == client
    assert not {"uid", "auth_time"} & set(claims)
    assert "refresh_token" not in token.json()
    assert {(response.status_code, response.json()["error"]) for response in refused} == {(401, "invalid_client")}
    assert reserved.json()["error"] == "invalid_scope"
    assert unadmitted.json()["error"] == "access_denied"


async def test_a_secret_is_accepted_only_in_the_way_the_app_prescribes(org: OktaOrg) -> None:
    """RFC 6749 §2.3.1."""
    web = {
        **NATIVE_APP,
        "label": "web",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
    }
    made = (await org.make("/api/v1/apps", web))["credentials"]["oauthClient"]
    pair = (made["client_id"], made["client_secret"])
    async with org.browser() as browser:
        path = f"{Login(org).base}/v1/introspect"
        right = await browser.post(path, data={"token": "x"}, auth=pair)
        wrong = await browser.post(path, data={"token": "x"}, auth=(pair[0], "wrong"))
        posted = await browser.post(path, data={"token": "x", "client_id": pair[0], "client_secret": pair[1]})
        public = await browser.post(path, data={"token": "x", "client_id": pair[0]})
        several = await browser.post(path, data={"token": "x", "client_secret": pair[1]}, auth=pair)

    assert (right.status_code, right.json()) == (200, {"active": False})
    assert [response.status_code for response in (wrong, posted, public, several)] == [401, 401, 401, 400]
    assert wrong.headers["www-authenticate"].startswith("Basic")


@requirement("okta:claims")
async def test_custom_claims_are_in_the_tokens_they_belong_to(org: OktaOrg) -> None:
    """Expressions and group filters, bound to scopes (Okta, customize tokens)."""
    path = f"{org.server_path}/claims"
    for name, value, scopes in (("dept", "user.department", ["mcp:read"]), ("w", '"yes"', ["mcp:write"])):
        await org.make(path, {"name": name, "claimType": "RESOURCE", "value": value, "conditions": {"scopes": scopes}})
    groups = {"name": "teams", "claimType": "IDENTITY", "valueType": "GROUPS", "value": "mcp-"}
    await org.make(path, {**groups, "group_filter_type": "STARTS_WITH"})
    refused = await org.call("POST", path, {"name": "x", "claimType": "RESOURCE", "value": "Arrays.size(user.x)"})
    async with org.browser() as browser:
        tokens = await Login(org).tokens(browser, "reader@example.com")

    access, identity = claims_of(tokens["access_token"]), claims_of(tokens["id_token"])
    assert access["dept"] == "Research"
    assert "w" not in access
    assert identity["teams"] == ["mcp-readers"]
    assert refused.json()["errorSummary"] == "Api validation failed: value"


@requirement("okta:key-rotation")
async def test_keys_rotate_and_the_old_one_stays_published(org: OktaOrg) -> None:
    """Two keys, after a rotation three; the next one signs (docs/facts/okta.md §2)."""
    login = Login(org)
    async with org.browser() as browser:
        before = (await browser.get(f"{login.base}/v1/keys")).json()["keys"]
        first = await login.tokens(browser, "reader@example.com")
        rotated = await org.call("POST", f"{org.server_path}/credentials/lifecycle/keyRotate", {"use": "sig"})
        after = (await browser.get(f"{login.base}/v1/keys")).json()["keys"]
        second = (await refresh(login, browser, first["refresh_token"])).json()
        alive = await is_active(login, browser, first["access_token"])

    assert rotated.status_code == 200
    assert (len(before), len(after)) == (2, 3)
    assert set(before[0]) == {"alg", "e", "n", "kid", "kty", "use"}
    used = [key_of(answer) for answer in (first, second)]
    assert used[0] != used[1]
    assert set(used) <= {key["kid"] for key in after}
    assert alive


@requirement("okta:key-rotation")
@pytest.mark.parametrize(("mode", "days", "rotated"), [("AUTO", 89, 0), ("AUTO", 91, 1), ("MANUAL", 91, 0)])
async def test_keys_rotate_by_themselves_when_it_is_due(org: OktaOrg, mode: str, days: int, rotated: int) -> None:
    """Four times a year, unless the mode is MANUAL; the next key was published before (Okta, key rotation)."""
    credentials = {"signing": {"rotationMode": mode}}
    await org.call("PUT", org.server_path, {"name": "mcp", "audiences": [AUDIENCE], "credentials": credentials})
    login = Login(org)
    async with org.browser() as browser:
        before = (await browser.get(f"{login.base}/v1/keys")).json()["keys"]
        old = key_of(await login.tokens(browser, "reader@example.com"))
        with moved(org, days * 24 * 3600):
            after = (await browser.get(f"{login.base}/v1/keys")).json()["keys"]
            async with org.browser() as later:
                new = key_of(await login.tokens(later, "reader@example.com"))
            shown = (await org.call("GET", org.server_path)).json()["credentials"]["signing"]

    assert {old, new} <= {key["kid"] for key in before}
    assert (old != new, len(after) - len(before)) == (bool(rotated), rotated)
    assert old in {key["kid"] for key in after}
    assert shown["kid"] == new


@requirement("okta:metadata")
async def test_the_three_forms_of_discovery(org: OktaOrg) -> None:
    """RFC 8414 inserted, RFC 8414 appended, OpenID appended; the inserted OpenID form is 404 (facts §1)."""
    name = org.server["id"]
    async with org.browser() as browser:
        inserted = await browser.get(f"/.well-known/oauth-authorization-server/oauth2/{name}")
        appended = await browser.get(f"/oauth2/{name}/.well-known/oauth-authorization-server")
        openid = await browser.get(f"/oauth2/{name}/.well-known/openid-configuration?client_id={org.client['id']}")
        absent = await browser.get(f"/.well-known/openid-configuration/oauth2/{name}")
        unknown = await browser.get("/oauth2/ausnone/.well-known/openid-configuration")
        client = await browser.get(f"/oauth2/{name}/.well-known/openid-configuration?client_id=0oanone")
        default = await browser.get("/oauth2/default/.well-known/openid-configuration")

    document = inserted.json()
    assert document == appended.json()
    assert {**openid.json(), **document} == {**openid.json(), "claims_supported": document["claims_supported"]}
    assert document["issuer"] == org.server["issuer"]
    assert {"openid", "offline_access", "mcp:read", "mcp:write"} <= set(document["scopes_supported"])
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert "authorization_response_iss_parameter_supported" not in document
    assert "client_id_metadata_document_supported" not in document
    statuses = [response.status_code for response in (absent, unknown, client)]
    assert statuses == [404, 404, 400]
    assert default.json()["issuer"] == f"{ORG_URL}/oauth2/default"


async def test_an_inactive_server_answers_nothing(org: OktaOrg) -> None:
    """Lifecycle of a server (Okta, authorization servers)."""
    await org.call("POST", f"{org.server_path}/lifecycle/deactivate")
    async with org.browser() as browser:
        response = await Login(org).ask(browser)

    assert response.status_code == 404


@requirement("okta:state-file")
async def test_the_org_survives_a_restart(tmp_path: Path) -> None:
    """Objects, sessions, refresh tokens and keys are in the state file, which nobody else may read (issue 4)."""
    file = tmp_path / "okta.json"
    org = await OktaOrg(state_file=file).deploy()
    login = Login(org)
    async with org.browser() as browser:
        first = await login.tokens(browser, "reader@example.com")
        again = OktaOrg(state_file=file)
        again.server, again.client = org.server, org.client
        later = Login(again)
        async with again.browser(cookies=browser.cookies) as other:
            silent = await later.ask(other)
            second = await refresh(later, other, first["refresh_token"])
            alive = await is_active(later, other, first["access_token"])

    assert "code" in answer_of(silent)
    assert second.status_code == 200
    assert alive
    assert file.stat().st_mode & 0o777 == 0o600
    held = file.read_text()
    assert first["refresh_token"] not in held
    assert "Reader-1!" not in held


@pytest.mark.parametrize("content", ["{", "[]", '{"apps": 1}'])
async def test_a_broken_state_file_is_named_with_a_remedy(tmp_path: Path, content: str) -> None:
    """Errors for people say what, where and what to do (brief)."""
    file = tmp_path / "okta.json"
    file.write_text(content)

    with pytest.raises(LocalCloudError) as caught:
        OktaOrg(state_file=file)

    assert str(file) in caught.value.message
    assert str(file) in caught.value.remedy


@pytest.mark.parametrize(
    "content",
    ["{", "{}", '{"token_owner": {"login": "a", "firstName": "a", "lastName": "a"}, "groups": [], "users": [{}]}'],
)
async def test_a_broken_seed_file_is_named(tmp_path: Path, content: str) -> None:
    """Errors for people say what, where and what to do (brief)."""
    file = tmp_path / "seed.json"
    file.write_text(content)

    with pytest.raises(LocalCloudError) as caught:
        OktaOrg(seed_file=file)

    assert str(file) in caught.value.message
