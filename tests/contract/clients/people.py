"""A person at a browser, and a service with a key, for clients that are not ours."""

from typing import Any

import httpx2
from joserfc.jwk import RSAKey

from tests.local_cloud.okta.org import NATIVE_APP, SCOPES, OktaOrg
from tests.local_cloud.okta.sign_in import PASSWORDS, SignInForm

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


async def sign_in(browser: httpx2.AsyncClient, url: str, login: str) -> str:
    """Open an authorization URL, fill in the form, and tell where the browser is sent."""
    page = await browser.get(url)
    form = SignInForm(page.text)
    fields = {**form.fields, "identifier": login, "password": PASSWORDS[login]}
    response = await browser.post(form.action, data=fields)
    assert response.status_code == 302, response.text
    return response.headers["location"]


async def add_service(org: OktaOrg, key: RSAKey) -> str:
    """Create a service app with this key, and the policy that lets it have the first scope; its client id."""
    oauth = {
        "application_type": "service",
        "grant_types": ["client_credentials"],
        "response_types": ["token"],
        "jwks": {"keys": [key.as_dict(private=False)]},
    }
    client = {"token_endpoint_auth_method": "private_key_jwt"}
    body = {"label": "service", "credentials": {"oauthClient": client}, "settings": {"oauthClient": oauth}}
    app = await org.make("/api/v1/apps", {**NATIVE_APP, **body})
    await allow(org, app["id"], "client_credentials", [SCOPES[0]])
    return app["id"]


async def allow(org: OktaOrg, client_id: str, grant_type: str, scopes: list[str], **people: Any) -> None:
    """Let a client have scopes by a grant type, through a policy of its own."""
    policy = await org.make(
        f"{org.server_path}/policies",
        {
            "type": "OAUTH_AUTHORIZATION_POLICY",
            "name": f"for {client_id}",
            "description": "test",
            "conditions": {"clients": {"include": [client_id]}},
        },
    )
    conditions = {"grantTypes": {"include": [grant_type]}, "scopes": {"include": scopes}, **people}
    token = {"accessTokenLifetimeMinutes": 10, "refreshTokenLifetimeMinutes": 0, "refreshTokenWindowMinutes": 10080}
    body = {"type": "RESOURCE_ACCESS", "name": "only", "priority": 1, "conditions": conditions}
    await org.make(f"{org.server_path}/policies/{policy['id']}/rules", {**body, "actions": {"token": token}})


async def admit_devices(org: OktaOrg) -> None:
    """Let the readers use the app on devices without a browser."""
    path = f"/api/v1/apps/{org.client['id']}"
    app = (await org.call("GET", path)).json()
    app["settings"]["oauthClient"]["grant_types"].append(DEVICE)
    (await org.call("PUT", path, app)).raise_for_status()
    rule = await org.rule_body("mcp-readers", 1, ["openid", "profile", SCOPES[0]])
    rule["conditions"]["grantTypes"]["include"].append(DEVICE)
    path = f"{org.server_path}/policies/{org.policy['id']}/rules/{org.readers['id']}"
    (await org.call("PUT", path, {**rule, "name": org.readers["name"]})).raise_for_status()


async def activate(browser: httpx2.AsyncClient, url: str, login: str) -> str:
    """Compare a device's code, sign in, and read what the last page says."""
    page = await browser.get(url)
    for fields in ({}, {"identifier": login, "password": PASSWORDS[login]}):
        form = SignInForm(page.text)
        page = await browser.post(form.action, data={**form.fields, **fields})
    return page.text
