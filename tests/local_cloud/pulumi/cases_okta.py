"""One object of each type of the Okta plugin. Source of the ids of imports: pulumi_okta, the docstring of each type."""

from typing import Any

from local_cloud.pulumi.providers.okta.client import OktaClient
from tests.local_cloud.pulumi.cases import Case, fresh, on
from tests.local_cloud.pulumi.worlds import Above, World

Properties = dict[str, Any]
SERVER = "okta:auth/server:Server"
SCOPE = "okta:auth/serverScope:ServerScope"
CLAIM = "okta:auth/serverClaim:ServerClaim"
POLICY = "okta:auth/serverPolicy:ServerPolicy"
RULE = "okta:auth/serverPolicyRule:ServerPolicyRule"
APP = "okta:app/oAuth:OAuth"
ASSIGNMENT = "okta:app/groupAssignment:GroupAssignment"
ASSIGNMENTS = "okta:index/appGroupAssignments:AppGroupAssignments"
REDIRECT = "okta:app/oAuthRedirectUri:OAuthRedirectUri"
LOGOUT = "okta:app/oAuthPostLogoutRedirectUri:OAuthPostLogoutRedirectUri"
API_SCOPES = "okta:index/appOauthApiScope:AppOauthApiScope"
GROUP = "okta:group/group:Group"
SERVERS, APPS, GROUPS = "/api/v1/authorizationServers", "/api/v1/apps", "/api/v1/groups"
JWK = {"kty": "RSA", "kid": "k1", "e": "AQAB", "n": "tVKUtcx_n9rt5afY_2WFNvU6PlFMggCatsZ3l4RjKxH0jgdLq6CScb0P3ZGX"
       "YbPzXvmmLiWZizpb-h0qup5jznOvOr-Dhw9908584BSgC83YacjWNqEK3urxhyE2jWjwRm2N95WGgb5mzE5XmZIvkvyXnn7X8dvgFPF5QwI"
       "ngGsDG8LyHuJWlaDhr_EPLMW4wHvH0zZCuRMARIJmmqiMy3VD4ftq4nS5s8vJL0pVSrkuNojtokp84AtkADCDU_BUhrc2sIgfnvZ03koCQ"
       "RoZmWiHu86SuJZYkDFstVTVSR0hiXudFlfQ2rOhPlpObmku68lXw-7V-P7jwrQRFfQVXw"}  # fmt: skip


def populate(world: World) -> None:
    """What the objects stand on."""
    above = world.above
    above["server"] = on(world, SERVER, {"name": fresh("server"), "audiences": ["https://a/mcp"]})
    above["scope"] = on(world, SCOPE, {"authServerId": above["server"]["id"], "name": "mcp:read"})
    above["group"] = on(world, GROUP, {"name": fresh("group")})
    above["app"] = above["latest"] = on(world, APP, web_app(world))
    policy = {"description": "d", "priority": 1, "clientWhitelists": [above["app"]["id"]]}
    above["policy"] = on(world, POLICY, {"authServerId": above["server"]["id"], "name": fresh("p"), **policy})


def web_app(world: World) -> Properties:
    """An app with a secret."""
    return {
        "label": fresh("web"),
        "type": "web",
        "grantTypes": ["authorization_code", "refresh_token"],
        "responseTypes": ["code"],
        "redirectUris": ["http://127.0.0.1:8765/callback"],
        "postLogoutRedirectUris": ["http://127.0.0.1:8765/bye"],
        "refreshTokenRotation": "ROTATE",
        "adminNote": "[mcp-okta environment=dev]",
    }


def service_app(world: World) -> Properties:
    """An app that signs its own assertions."""
    return {
        "label": fresh("service"),
        "type": "service",
        "grantTypes": ["client_credentials"],
        "responseTypes": ["token"],
        "tokenEndpointAuthMethod": "private_key_jwt",
        "jwks": [JWK],
    }


def latest(world: World, app: Properties) -> str:
    """A new app for one object of which an app has a single one."""
    world.above["latest"] = on(world, APP, app)
    return str(world.above["latest"]["id"])


def server_id(world: World) -> Properties:
    """The server that the object belongs to."""
    return {"authServerId": world.above["server"]["id"]}


def below_server(kind: str) -> Any:
    """The ids of the objects of one kind below the server."""
    return lambda okta, above: [one["id"] for one in okta.pages(f"{SERVERS}/{above['server']['id']}/{kind}")]


def ids(path: str) -> Any:
    """The ids in a list."""
    return lambda okta, above: [one["id"] for one in okta.pages(path)]


def rewritten(path: str, **change: Any) -> Any:
    """Somebody writes the object anew with the change; the path may name properties of the state."""

    def drift(okta: OktaClient, identifier: str, state: Properties) -> list[str]:
        where = path.format(**{**state, "id": identifier})
        okta.send("PUT", where, {**okta.get(where), **change})
        return sorted(change)

    return drift


def _other_profile(okta: OktaClient, identifier: str, state: Properties) -> list[str]:
    okta.send("PUT", f"{GROUPS}/{identifier}", {"profile": {"name": state["name"], "description": "theirs"}})
    return ["description"]


def _other_lifetime(okta: OktaClient, identifier: str, state: Properties) -> list[str]:
    where = f"{SERVERS}/{state['authServerId']}/policies/{state['policyId']}/rules/{identifier}"
    rule = okta.get(where)
    rule["actions"]["token"]["accessTokenLifetimeMinutes"] = 5
    okta.send("PUT", where, rule)
    return ["accessTokenLifetimeMinutes"]


def _other_uris(okta: OktaClient, identifier: str, state: Properties) -> list[str]:
    app = okta.get(f"{APPS}/{identifier}")
    app["settings"]["oauthClient"]["redirect_uris"] = ["https://theirs/callback"]
    okta.send("PUT", f"{APPS}/{identifier}", app)
    return ["redirectUris"]


def _other_priority(okta: OktaClient, identifier: str, state: Properties) -> list[str]:
    okta.send("PUT", f"{APPS}/{state['appId']}/groups/{state['groupId']}", {"priority": 9})
    return ["priority"]


def _taken_away(setting: str) -> Any:
    def drift(okta: OktaClient, identifier: str, state: Properties) -> list[str]:
        app = okta.get(f"{APPS}/{state['appId']}")
        left = [uri for uri in app["settings"]["oauthClient"][setting] if uri != state["uri"]]
        app["settings"]["oauthClient"][setting] = left
        okta.send("PUT", f"{APPS}/{state['appId']}", app)
        return []

    return drift


def _uris(setting: str) -> Any:
    return lambda okta, above: okta.get(f"{APPS}/{above['app']['id']}")["settings"]["oauthClient"].get(setting) or []


def _one_more_group(okta: OktaClient, identifier: str, state: Properties) -> list[str]:
    other = okta.send("POST", GROUPS, {"profile": {"name": fresh("theirs"), "description": ""}})["id"]
    okta.send("PUT", f"{APPS}/{identifier}/groups/{other}")
    return ["groups"]


def _one_more_scope(okta: OktaClient, identifier: str, state: Properties) -> list[str]:
    okta.send("POST", f"{APPS}/{identifier}/grants", {"issuer": state["issuer"], "scopeId": "okta.users.read"})
    return ["scopes"]


def _assigned(okta: OktaClient, above: Above) -> list[str]:
    return [one["id"] for one in okta.pages(f"{APPS}/{above['app']['id']}/groups")]


def _of_latest_app(kind: str) -> Any:
    """The app that was made last, if it has any; the objects of the others are those of other tests."""

    def listing(okta: OktaClient, above: Above) -> list[str]:
        app = above["latest"]["id"]
        return [app] if list(okta.pages(f"{APPS}/{app}/{kind}")) else []

    return listing


def _rules(okta: OktaClient, above: Above) -> list[str]:
    return [
        one["id"] for one in okta.pages(f"{SERVERS}/{above['server']['id']}/policies/{above['policy']['id']}/rules")
    ]


def _two_groups(world: World) -> Properties:
    groups = [on(world, GROUP, {"name": fresh("member")})["id"] for _ in range(2)]
    return {"groups": [{"id": one, "profile": "{}"} for one in groups]}


CASES = (
    Case(
        token=SERVER,
        inputs=lambda world: {
            "name": fresh("server"),
            "audiences": ["https://b/mcp"],
            "credentialsRotationMode": "MANUAL",
            "description": "[mcp-okta environment=dev]",
        },
        change=lambda world: {"description": "new", "audiences": ["https://c/mcp"], "status": "INACTIVE"},
        replace={},
        wrong={"audiences": "https://b/mcp"},
        drift=rewritten(f"{SERVERS}/{{id}}", description="theirs"),
        listing=ids(SERVERS),
        import_id=lambda identifier, inputs: identifier,
    ),
    Case(
        token=SCOPE,
        inputs=lambda world: {**server_id(world), "name": fresh("mcp:x"), "description": "d", "displayName": "n"},
        change=lambda world: {"description": "new", "consent": "REQUIRED"},
        replace={},
        wrong={"default": "yes"},
        drift=rewritten(f"{SERVERS}/{{authServerId}}/scopes/{{id}}", description="theirs"),
        listing=below_server("scopes"),
        import_id=lambda identifier, inputs: f"{inputs['authServerId']}/{identifier}",
    ),
    Case(
        token=CLAIM,
        inputs=lambda world: {
            **server_id(world),
            "name": fresh("claim"),
            "claimType": "RESOURCE",
            "value": "user.login",
        },
        change=lambda world: {"value": "user.email", "status": "INACTIVE"},
        replace={},
        wrong={"scopes": "mcp:read"},
        drift=rewritten(f"{SERVERS}/{{authServerId}}/claims/{{id}}", value="user.email"),
        listing=below_server("claims"),
        import_id=lambda identifier, inputs: f"{inputs['authServerId']}/{identifier}",
    ),
    Case(
        token=POLICY,
        inputs=lambda world: {
            **server_id(world),
            "name": fresh("policy"),
            "description": "d",
            "priority": 1,
            "clientWhitelists": ["ALL_CLIENTS"],
        },
        change=lambda world: {"description": "new", "status": "INACTIVE"},
        replace={},
        wrong={"priority": "first"},
        drift=rewritten(f"{SERVERS}/{{authServerId}}/policies/{{id}}", description="theirs"),
        listing=below_server("policies"),
        import_id=lambda identifier, inputs: f"{inputs['authServerId']}/{identifier}",
    ),
    Case(
        token=RULE,
        inputs=lambda world: {
            **server_id(world),
            "policyId": world.above["policy"]["id"],
            "name": fresh("rule"),
            "priority": 1,
            "grantTypeWhitelists": ["authorization_code"],
            "groupWhitelists": [world.above["group"]["id"]],
            "scopeWhitelists": ["mcp:read"],
        },
        change=lambda world: {"accessTokenLifetimeMinutes": 30, "status": "INACTIVE"},
        replace={},
        wrong={"groupWhitelists": {}},
        drift=_other_lifetime,
        listing=_rules,
        import_id=lambda identifier, inputs: f"{inputs['authServerId']}/{inputs['policyId']}/{identifier}",
    ),
    Case(
        token=APP,
        inputs=web_app,
        change=lambda world: {"redirectUris": ["http://localhost:8765/callback"], "postLogoutRedirectUris": []},
        replace={"type": "native"},
        wrong={"hideWeb": "no"},
        drift=_other_uris,
        listing=ids(APPS),
        import_id=lambda identifier, inputs: identifier,
        cannot_import=frozenset({"clientSecret"}),
        told=frozenset({"clientSecret"}),
        secrets=frozenset({"clientSecret", "clientBasicSecret", "clientBasicSecretWo"}),
    ),
    Case(
        token=ASSIGNMENT,
        inputs=lambda world: {
            "appId": world.above["app"]["id"],
            "groupId": on(world, GROUP, {"name": fresh("member")})["id"],
            "priority": 2,
        },
        change=lambda world: {"priority": 3},
        replace={"groupId": "00gother"},
        wrong={"priority": "first"},
        drift=_other_priority,
        listing=_assigned,
        import_id=lambda identifier, inputs: f"{inputs['appId']}/{identifier}",
    ),
    Case(
        token=ASSIGNMENTS,
        inputs=lambda world: {"appId": latest(world, web_app(world)), **_two_groups(world)},
        change=_two_groups,
        replace={"appId": "0oaother"},
        wrong={"groups": [{"id": 7}]},
        drift=_one_more_group,
        listing=_of_latest_app("groups"),
        import_id=lambda identifier, inputs: identifier,
    ),
    *(
        Case(
            token=token,
            inputs=lambda world: {"appId": world.above["app"]["id"], "uri": f"https://{fresh('uri')}/path/x"},
            change=lambda world: {"uri": f"https://{fresh('uri')}/path/y"},
            replace={"appId": "0oaother"},
            wrong={"uri": 7},
            drift=_taken_away(setting),
            listing=_uris(setting),
            import_id=lambda identifier, inputs: f"{inputs['appId']}/{identifier}",
            renamed=True,
        )
        for token, setting in ((REDIRECT, "redirect_uris"), (LOGOUT, "post_logout_redirect_uris"))
    ),
    Case(
        token=API_SCOPES,
        inputs=lambda world: {
            "appId": latest(world, service_app(world)),
            "issuer": world.clean.org_url,
            "scopes": ["okta.apps.manage", "okta.groups.read"],
        },
        change=lambda world: {"scopes": ["okta.apps.manage", "okta.apps.read"]},
        replace={"appId": "0oaother"},
        wrong={"scopes": "okta.apps.manage"},
        drift=_one_more_scope,
        listing=_of_latest_app("grants"),
        import_id=lambda identifier, inputs: identifier,
    ),
    Case(
        token=GROUP,
        inputs=lambda world: {"name": fresh("group"), "description": "d"},
        change=lambda world: {"description": "new"},
        replace={},
        wrong={"description": True},
        drift=_other_profile,
        listing=ids(GROUPS),
        import_id=lambda identifier, inputs: identifier,
    ),
)
