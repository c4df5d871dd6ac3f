"""An org with one of everything, for the rows of tests/vectors/okta-management.json: built once, copied per row."""

import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.local_cloud.okta.org import API_TOKEN, NATIVE_APP, ORG_URL, OktaOrg

VECTORS = Path(__file__).resolve().parents[3] / "vectors" / "okta-management.json"
OAUTH = NATIVE_APP["settings"]["oauthClient"]
AREAS = ("appGrants", "apps", "authorizationServers", "groups", "policies", "roles", "users")
API_SCOPES = [f"okta.{area}.{verb}" for area in AREAS for verb in ("read", "manage")]
ADMINISTRATOR = f"SSWS {API_TOKEN}"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SERVICE = {"application_type": "service", "grant_types": ["client_credentials"], "response_types": ["token"]}


def app_body(label: str, method: str, **oauth: Any) -> dict[str, Any]:
    """The body of an app with another way to prove who it is."""
    client = {"token_endpoint_auth_method": method}
    settings = {"oauthClient": {**OAUTH, **oauth}}
    return {**NATIVE_APP, "label": label, "credentials": {"oauthClient": client}, "settings": settings}


@dataclass
class World:
    """
    What the rows speak of.

    Args:
        names: the id of each object by the name that rows give it.
        tokens: an access token of a service for each scope of the Okta API.
    """

    state_file: Path
    names: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))

    def copy(self, state_file: Path) -> OktaOrg:
        """The same org again, at another file, so that a row may change it."""
        state_file.write_bytes(self.state_file.read_bytes())
        return OktaOrg(state_file=state_file)

    def filled(self, value: Any) -> Any:
        """A value of a row with this world's ids in the place of {names}."""
        return json.loads(re.sub(r"\{(\w+)\}", self._named, json.dumps(value)))

    def _named(self, found: re.Match[str]) -> str:
        return self.names.get(found[1], found[0])

    async def build(self) -> "World":
        """Make the objects, and then the tokens."""
        org = await OktaOrg(state_file=self.state_file).deploy()
        await self._servers(org)
        await self._apps(org)
        await self._people(org)
        await self._grants(org)
        for scope in API_SCOPES:
            self.tokens[scope] = await self._token(org, "/oauth2/v1/token", scope)
        self.names["custom_token"] = await self._token(org, f"/oauth2/{org.server['id']}/v1/token", "mcp:read")
        return self

    async def _servers(self, org: OktaOrg) -> None:
        idle = await org.make("/api/v1/authorizationServers", {"name": "idle", "audiences": ["https://idle"]})
        await org.call("POST", f"/api/v1/authorizationServers/{idle['id']}/lifecycle/deactivate")
        claim = {"name": "dept", "claimType": "RESOURCE", "value": "user.department"}
        made = await org.make(f"{org.server_path}/claims", claim)
        scopes = {row["name"]: row["id"] for row in (await org.call("GET", f"{org.server_path}/scopes")).json()}
        claims = (await org.call("GET", f"{org.server_path}/claims")).json()
        access = (await org.call("GET", "/api/v1/policies?type=ACCESS_POLICY")).json()
        self.names |= {"org": ORG_URL, "server": org.server["id"], "idle_server": idle["id"], "claim": made["id"]}
        self.names |= {"scope": scopes["mcp:read"], "openid": scopes["openid"], "access_policy": access[0]["id"]}
        self.names |= {"policy": org.policy["id"], "rule": org.readers["id"], "sub_claim": claims[0]["id"]}
        self.names["server_key"] = org.server["credentials"]["signing"]["kid"]

    async def _apps(self, org: OktaOrg) -> None:
        public = self.key.as_dict(private=False)
        unused = {**RSAKey.generate_key(2048).as_dict(private=False), "kid": "k2", "status": "INACTIVE"}
        keys = {"jwks": {"keys": [public, unused]}}
        bodies = {
            "service": app_body("service", "private_key_jwt", redirect_uris=[], **SERVICE, **keys),
            "web": app_body("web", "client_secret_basic", application_type="web"),
            "one_secret": app_body("one secret", "client_secret_post", application_type="web"),
        }
        for name, body in bodies.items():
            self.names[name] = (await org.make("/api/v1/apps", body))["id"]
        idle = await org.make("/api/v1/apps?activate=false", app_body("idle", "none"))
        self.names |= {"app": org.client["id"], "idle_app": idle["id"]}
        listed = (await org.call("GET", f"/api/v1/apps/{self.names['service']}/credentials/jwks")).json()["keys"]
        self.names |= {"client_key": listed[0]["id"], "idle_key": listed[1]["id"]}
        path = f"/api/v1/apps/{self.names['web']}/credentials/secrets"
        second = await org.make(path, {"status": "INACTIVE"})
        first = (await org.call("GET", path)).json()[0]
        self.names |= {"secret": first["id"], "idle_secret": second["id"]}

    async def _people(self, org: OktaOrg) -> None:
        users = {row["profile"]["login"]: row["id"] for row in (await org.call("GET", "/api/v1/users")).json()}
        self.names |= {"user": users["reader@example.com"], "editor": users["editor@example.com"]}
        unassigned = await org.make("/api/v1/groups", {"profile": {"name": "unassigned"}})
        self.names |= {"group": await org.group("mcp-readers"), "everyone": await org.group("Everyone")}
        self.names["unassigned"] = unassigned["id"]
        await org.make(f"/api/v1/apps/{self.names['web']}/users", {"id": self.names["user"]})
        for name, verb in (("suspended", "suspend"), ("gone", "deactivate"), ("invited", None)):
            login = f"{name}@example.com"
            profile = {"login": login, "email": login, "firstName": "A", "lastName": "B"}
            secret = {"credentials": {"password": {"value": "Str0ng-Enough!"}}} if verb else {}
            self.names[name] = (await org.make("/api/v1/users", {"profile": profile, **secret}))["id"]
            if verb:
                await org.call("POST", f"/api/v1/users/{self.names[name]}/lifecycle/{verb}")

    async def _grants(self, org: OktaOrg) -> None:
        path = f"/api/v1/apps/{self.names['service']}/grants"
        for scope in API_SCOPES:
            await org.make(path, {"scopeId": scope, "issuer": ORG_URL})
        grant = await org.make(path, {"scopeId": "okta.logs.read", "issuer": ORG_URL})
        self.names["grant"] = grant["id"]
        rule = await org.rule_body("mcp-readers", 3, ["mcp:read"])
        machines = {**rule["conditions"], "grantTypes": {"include": ["client_credentials"]}}
        policy = {**org.policy, "name": "machines", "priority": 2}
        policy["conditions"] = {"clients": {"include": [self.names["service"]]}}
        made = await org.make(f"{org.server_path}/policies", policy)
        await org.make(f"{org.server_path}/policies/{made['id']}/rules", {**rule, "conditions": machines})

    async def _token(self, org: OktaOrg, path: str, scope: str) -> str:
        service, now = self.names["service"], int(time.time())
        claims = {"iss": service, "sub": service, "aud": f"{ORG_URL}{path}", "iat": now, "exp": now + 300}
        form = {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key),
        }
        async with org.browser() as client:
            response = await client.post(path, data=form)
        assert response.status_code == 200, response.text
        return response.json()["access_token"]


def path_of(endpoint: dict[str, Any], row: dict[str, Any]) -> str:
    """The path of a row, still with the names of objects."""
    path: str = endpoint["path"]
    for name, value in {**endpoint.get("with", {}), **row.get("with", {})}.items():
        path = path.replace(f"{{{name}}}", value)
    return path


async def send(
    org: OktaOrg, world: World, endpoint: dict[str, Any], row: dict[str, Any], who: str | None
) -> httpx2.Response:
    """Send the request of a row."""
    path, content = path_of(endpoint, row), None
    headers = {} if who is None else {"Authorization": who}
    if "body" in row or "raw" in row:
        headers["Content-Type"] = row.get("media", "application/json")
        content = row.get("raw") or json.dumps(world.filled(row["body"]))
    async with org.browser(headers=headers) as client:
        method, query = endpoint["method"], world.filled(row.get("query"))
        return await client.request(method, world.filled(path), params=query, content=content)
