"""An org with an app of every kind, and what a client has in hand at each step: codes, tokens, assertions."""

import json
import time
from functools import cache
from typing import Any

import httpx2
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

from tests.local_cloud.okta.org import CALLBACK, NATIVE_APP, ORG_URL, OktaOrg
from tests.local_cloud.okta.sign_in import PASSWORDS, Login, SignInForm, answer_of

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
AFTERWARDS = "http://127.0.0.1:8765/signed-out"
BROWSER_ORIGIN = "http://localhost:3000"
SCOPES = "openid profile email offline_access"
READER = "reader@example.com"
PEOPLE = {"application_type": "native", "grant_types": ["authorization_code", "refresh_token", DEVICE]}
SERVICE = {"application_type": "service", "grant_types": ["client_credentials"], "response_types": ["token"]}


@cache
def service_key() -> RSAKey:
    """The key of the service; making one takes longer than a test should."""
    return RSAKey.generate_key(2048)


class At(Login):
    """A sign-in at any server: below `base` are its endpoints."""

    def __init__(self, world: "World", base: str, client: str, scope: str = SCOPES, **extra: Any) -> None:
        super().__init__(world.org, scope, {"client_id": client, **extra})
        self._base = base

    @property
    def base(self) -> str:
        """The server's own path."""
        return self._base


class World:
    """
    The org and its apps by kind: native, basic, post, jwt, key, browser.

    `fill` replaces `{name}` in a value with what a client would have: an attribute, or what a step gives it.
    """

    def __init__(self) -> None:
        self.org = OktaOrg()
        self.apps: dict[str, dict[str, Any]] = {}
        self.secrets: dict[str, str] = {}

    async def build(self) -> "World":
        """Create the apps, and admit them."""
        await self.org.deploy()
        rotation = {"refresh_token": {"rotation_type": "ROTATE", "leeway": 0}}
        away = {"post_logout_redirect_uris": [AFTERWARDS]}
        native = {**PEOPLE, **rotation, **away, "redirect_uris": [CALLBACK]}
        await self.app("native", "none", native)
        web = {"application_type": "web", "grant_types": ["authorization_code"], "redirect_uris": [CALLBACK]}
        for kind in ("basic", "post", "jwt"):
            await self.app(kind, f"client_secret_{kind}", web)
        page = {"application_type": "browser", "grant_types": ["authorization_code"]}
        await self.app("browser", "none", {**page, "redirect_uris": [f"{BROWSER_ORIGIN}/callback"]})
        jwk = {**service_key().as_dict(private=False), "kid": "k1", "status": "ACTIVE"}
        await self.app("key", "private_key_jwt", {**SERVICE, "jwks": {"keys": [jwk]}})
        await self.admit()
        return self

    async def app(self, name: str, method: str, oauth: dict[str, Any]) -> dict[str, Any]:
        """Create an app to which everybody is assigned."""
        client = {"token_endpoint_auth_method": method}
        settings = {"implicitAssignment": oauth["application_type"] != "service", "oauthClient": oauth}
        body = {**NATIVE_APP, "label": name, "credentials": {"oauthClient": client}, "settings": settings}
        made = await self.org.make("/api/v1/apps", body)
        self.apps[name] = made
        self.secrets[name] = made["credentials"]["oauthClient"].get("client_secret", "")
        return made

    async def admit(self) -> None:
        """A policy for all clients: readers by code and device, services by themselves."""
        policy = await self.org.make(
            f"{self.org.server_path}/policies",
            {"type": "OAUTH_AUTHORIZATION_POLICY", "name": "all", "description": "all"}
            | {"conditions": {"clients": {"include": ["ALL_CLIENTS"]}}},
        )
        rules = f"{self.org.server_path}/policies/{policy['id']}/rules"
        people = await self.org.rule_body("mcp-readers", 1, [*SCOPES.split(), "mcp:read"])
        people["conditions"]["grantTypes"] = {"include": ["authorization_code", DEVICE]}
        await self.org.make(rules, people)
        services = await self.org.rule_body("mcp-readers", 2, ["mcp:read"], accessTokenLifetimeMinutes=7)
        services["conditions"] = {
            "grantTypes": {"include": ["client_credentials"]},
            "scopes": {"include": ["mcp:read"]},
        }
        await self.org.make(rules, {**services, "name": "services"})

    async def grant(self, scope: str) -> None:
        """Grant an `okta.*` scope to the service."""
        body = {"scopeId": scope, "issuer": ORG_URL}
        await self.org.make(f"/api/v1/apps/{self.apps['key']['id']}/grants", body)

    @property
    def custom(self) -> str:
        """The path of the authorization server."""
        return f"/oauth2/{self.org.server['id']}"

    def id(self, app: str) -> str:
        """A client id."""
        return str(self.apps[app]["id"])

    def sign_in(self, base: str, scope: str = SCOPES, app: str = "native", **extra: Any) -> At:
        """An authorization request at a server."""
        return At(self, base, self.id(app), scope, **extra)

    async def code(self, base: str) -> tuple[str, str]:
        """A fresh code and its verifier."""
        login = self.sign_in(base)
        async with self.org.browser() as browser:
            return (await login.answer(browser, READER))["code"], login.verifier

    async def tokens(self, base: str, scope: str = SCOPES) -> dict[str, Any]:
        """The tokens of a fresh sign-in."""
        login = self.sign_in(base, scope)
        async with self.org.browser() as browser:
            code = (await login.answer(browser, READER))["code"]
            response = await login.exchange(browser, code, client_id=self.id("native"))
        assert response.status_code == 200, response.text
        return response.json()

    async def device(self, base: str, scope: str = SCOPES) -> dict[str, Any]:
        """What a device shows."""
        async with self.org.browser() as client:
            form = {"client_id": self.id("native"), "scope": scope}
            response = await client.post(f"{base}/v1/device/authorize", data=form)
        assert response.status_code == 200, response.text
        return response.json()

    async def activate(self, codes: dict[str, Any]) -> None:
        """Let a device in as a reader."""
        async with self.org.browser() as browser:
            form = SignInForm((await browser.get("/activate", params={"user_code": codes["user_code"]})).text)
            form = SignInForm((await browser.post(form.action, data=form.fields)).text)
            person = {"identifier": READER, "password": PASSWORDS[READER]}
            await browser.post(form.action, data={**form.fields, **person})

    async def signed_in(self, browser: httpx2.AsyncClient, base: str) -> None:
        """Let the browser have a session."""
        answer_of(await self.sign_in(base).ask_and_enter(browser))

    def assertion(self, app: str, audience: str, secret: str | None = None, **claims: Any) -> str:
        """A client assertion. Source: RFC 7523 §3."""
        client = self.id(app)
        body = {"iss": client, "sub": client, "aud": audience, "exp": int(time.time()) + 300, **claims}
        payload = json.dumps({name: value for name, value in body.items() if value is not None}).encode()
        if app == "key":
            return jws.serialize_compact({"alg": "RS256", "kid": "k1"}, payload, service_key(), algorithms=["RS256"])
        return jws.serialize_compact(
            {"alg": "HS256"}, payload, OctKey.import_key(secret or self.secrets[app]), algorithms=["HS256"]
        )
