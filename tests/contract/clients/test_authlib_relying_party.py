"""Authlib's relying party, as a web app would use it: discovery, sign-in, ID token, userinfo, logout."""

from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from joserfc.errors import JoseError
from starlette.requests import Request

from tests.contract.clients.people import sign_in
from tests.local_cloud.okta.org import CALLBACK, OktaOrg
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


@pytest.fixture
async def org(anyio_backend: str) -> OktaOrg:
    """An org with everything that the product creates."""
    return await OktaOrg().deploy()


@pytest.fixture
def party(org: OktaOrg) -> StarletteOAuth2App:
    """A relying party that knows the issuer and its client id alone."""
    kwargs = {
        "scope": "openid profile email",
        "code_challenge_method": "S256",
        "transport": httpx2.ASGITransport(org.app),
    }
    where = f"{org.server['issuer']}/.well-known/openid-configuration"
    return OAuth().register(
        "okta",
        client_id=org.client["id"],
        server_metadata_url=where,
        client_kwargs=kwargs,
        token_endpoint_auth_method="none",
    )


def request(session: dict[str, Any], query: str = "") -> Request:
    """A request to the web app in that session."""
    return Request({"type": "http", "method": "GET", "query_string": query.encode(), "headers": [], "session": session})


async def come_back(org: OktaOrg, party: StarletteOAuth2App, session: dict[str, Any], **extra: str) -> Request:
    """Go to the org and return with its answer."""
    away = await party.authorize_redirect(request(session), CALLBACK, **extra)
    async with org.browser() as browser:
        return request(session, urlsplit(await sign_in(browser, away.headers["location"], "reader@example.com")).query)


@requirement("contract:authlib")
async def test_an_id_token_passes_authlibs_checks(org: OktaOrg, party: StarletteOAuth2App) -> None:
    """Signature by discovered keys, iss, aud, nonce, at_hash (OpenID Connect Core §3.1.3.7, §3.1.3.8)."""
    token = await party.authorize_access_token(await come_back(org, party, {}))
    person = await party.userinfo(token=token)

    assert token["userinfo"]["preferred_username"] == "reader@example.com"
    assert token["userinfo"]["aud"] == org.client["id"]
    assert token["userinfo"]["sub"] == person["sub"]
    assert person["email"] == "reader@example.com"


@requirement("contract:authlib")
async def test_an_id_token_of_another_sign_in_is_refused(org: OktaOrg, party: StarletteOAuth2App) -> None:
    """The nonce ties the ID token to the session (OpenID Connect Core §3.1.3.7 rule 11)."""
    session: dict[str, Any] = {}
    back = await come_back(org, party, session, nonce="mine")
    for entry in session.values():
        entry["data"]["nonce"] = "another"

    with pytest.raises((JoseError, OAuthError), match="nonce"):
        await party.authorize_access_token(back)


@requirement("contract:authlib")
async def test_a_refusal_arrives_as_an_error(org: OktaOrg, party: StarletteOAuth2App) -> None:
    """A scope that no rule allows comes back as `access_denied` with Okta's words (RFC 6749 §4.1.2.1)."""
    back = await come_back(org, party, {}, scope="openid mcp:write")

    with pytest.raises(OAuthError, match="access_denied: Policy evaluation failed"):
        await party.authorize_access_token(back)


@requirement("contract:authlib")
async def test_the_keys_may_change_between_two_sign_ins(org: OktaOrg, party: StarletteOAuth2App) -> None:
    """Authlib keeps the keys and fetches anew on a `kid` that it does not know (Okta, key rotation)."""
    await party.authorize_access_token(await come_back(org, party, {}))
    rotated = await org.call("POST", f"{org.server_path}/credentials/lifecycle/keyRotate", {"use": "sig"})
    again = await party.authorize_access_token(await come_back(org, party, {}))

    assert rotated.status_code == 200
    assert again["userinfo"]["preferred_username"] == "reader@example.com"


@requirement("contract:authlib")
async def test_a_person_is_signed_out(org: OktaOrg, party: StarletteOAuth2App) -> None:
    """The session ends and the browser returns with the state (OpenID Connect RP-Initiated Logout 1.0, §2, §3)."""
    app = (await org.call("GET", f"/api/v1/apps/{org.client['id']}")).json()
    app["settings"]["oauthClient"]["post_logout_redirect_uris"] = ["https://app.example.com/bye"]
    (await org.call("PUT", f"/api/v1/apps/{org.client['id']}", app)).raise_for_status()
    session: dict[str, Any] = {}
    token = await party.authorize_access_token(await come_back(org, party, session))
    away = await party.logout_redirect(request(session), "https://app.example.com/bye", id_token_hint=token["id_token"])
    async with org.browser() as browser:
        response = await browser.get(away.headers["location"])

    assert response.status_code == 302
    assert response.headers["location"].startswith("https://app.example.com/bye?")
    back = request(session, urlsplit(response.headers["location"]).query)
    assert (await party.validate_logout_response(back))["post_logout_redirect_uri"] == "https://app.example.com/bye"
    assert set(back.query_params) == {"state"}
