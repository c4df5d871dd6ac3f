"""
OAuth apps and the groups assigned to them.

Source: requests, defaults and state recorded from the real plugin (tests/vectors/okta-plugin).
"""

import json
from typing import Any

from local_cloud.pulumi.providers.errors import Gone, HalfCreated, ProviderError
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.resource import Resource
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties

_APPS = "/api/v1/apps"
_META = json.dumps(
    {"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": dict.fromkeys(("create", "read", "update"), 3600000000000)},
    separators=(",", ":"),
)


def _body(inputs: Properties, client_id: str | None) -> Properties:
    credentials = {
        "autoKeyRotation": inputs["autoKeyRotation"],
        "pkce_required": inputs.get("pkceRequired", False),
        "token_endpoint_auth_method": inputs["tokenEndpointAuthMethod"],
    }
    return {
        "accessibility": {},
        "credentials": {
            "oauthClient": credentials | ({"client_id": client_id} if client_id else {}),
            "userNameTemplate": {"template": inputs["userNameTemplate"], "type": inputs["userNameTemplateType"]},
        },
        "label": inputs["label"],
        "name": "oidc_client",
        "settings": {"notes": _notes(inputs), "oauthClient": _client_settings(inputs)},
        "signOnMode": "OPENID_CONNECT",
        "visibility": {"hide": {"iOS": inputs["hideIos"], "web": inputs["hideWeb"]}},
    }


def _notes(inputs: Properties) -> Properties:
    pairs = {"admin": inputs.get("adminNote"), "enduser": inputs.get("enduserNote")}
    return {name: text for name, text in pairs.items() if text}


def _client_settings(inputs: Properties) -> Properties:
    settings: Properties = {
        "application_type": inputs["type"],
        "consent_method": inputs["consentMethod"],
        "dpop_bound_access_tokens": False,
        "grant_types": inputs.get("grantTypes", []),
        "idp_initiated_login": {"default_scope": [], "mode": inputs["loginMode"]},
        "issuer_mode": inputs["issuerMode"],
        "response_types": inputs.get("responseTypes", []),
        "wildcard_redirect": inputs["wildcardRedirect"],
    }
    if inputs.get("redirectUris"):
        settings["redirect_uris"] = inputs["redirectUris"]
    if inputs.get("jwks"):
        settings["jwks"] = {"keys": [{**key, "status": "ACTIVE"} for key in map(_without_defaults, inputs["jwks"])]}
    if "refresh_token" in inputs.get("grantTypes", []):
        leeway = inputs.get("refreshTokenLeeway", 0)
        settings["refresh_token"] = {"leeway": leeway, "rotation_type": inputs["refreshTokenRotation"]}
    return settings


def _without_defaults(key: Properties) -> Properties:
    return {name: value for name, value in key.items() if name != "__defaults" and value not in (None, "")}


def _create(okta: OktaClient, inputs: Properties) -> str:
    identifier = okta.send("POST", f"{_APPS}?activate=true", _body(inputs, None))["id"]
    try:
        okta.send("POST", _id_token_path(identifier), {"issuerMode": inputs["issuerMode"]})
        _assign_access_policy(okta, identifier, inputs)
        if inputs["status"] == "INACTIVE":
            okta.send("POST", f"{_APPS}/{identifier}/lifecycle/deactivate")
    except (ProviderError, Gone) as error:
        raise HalfCreated(identifier, inputs, f"the app {inputs['label']} is half made: {error}") from error
    return identifier


def _id_token_path(identifier: str) -> str:
    return f"/api/v1/internal/apps/{identifier}/settings/oauth/idToken"


def _assign_access_policy(okta: OktaClient, identifier: str, inputs: Properties) -> None:
    """The org's own access policy, which a service app has no use for."""
    if inputs["type"] == "service" or inputs.get("skipAuthenticationPolicy"):
        return
    okta.get("/.well-known/okta-organization")
    policies = okta.get("/api/v1/policies?type=ACCESS_POLICY")
    chosen = inputs.get("authenticationPolicy") or next(p["id"] for p in policies if p["system"])
    okta.send("PUT", f"{_APPS}/{identifier}/policies/{chosen}")


def _read(okta: OktaClient, identifier: str, given: Properties) -> Properties:
    app = okta.get(f"{_APPS}/{identifier}")
    issuer_mode = okta.get(_id_token_path(identifier)).get("issuerMode", "ORG_URL")
    return {"id": identifier, **_EMPTY, **_state(app, issuer_mode), "__meta": _META}


_EMPTY: Properties = {
    "accessibilityErrorRedirectUrl": "",
    "accessibilityLoginRedirectUrl": "",
    "accessibilitySelfService": False,
    "autoSubmitToolbar": False,
    "backchannelCustomAuthenticatorId": "",
    "clientBasicSecret": "",
    "clientBasicSecretWo": "",
    "clientUri": "",
    "frontchannelLogoutSessionRequired": False,
    "frontchannelLogoutUri": "",
    "jwksUri": "",
    "loginUri": "",
    "logoUri": "",
    "logoUrl": "",
    "omitSecret": False,
    "participateSlo": False,
    "policyUri": "",
    "profile": "",
    "skipAuthenticationPolicy": False,
    "tosUri": "",
    "userNameTemplatePushStatus": "",
    "userNameTemplateSuffix": "",
}


def _state(app: Properties, issuer_mode: str) -> Properties:
    oauth, client = app["settings"]["oauthClient"], app["credentials"]["oauthClient"]
    template, hide = app["credentials"].get("userNameTemplate", {}), app["visibility"]["hide"]
    refresh, notes = oauth.get("refresh_token") or {}, app["settings"].get("notes") or {}
    policy = app.get("_links", {}).get("accessPolicy", {}).get("href", "")
    return {
        "adminNote": notes.get("admin") or "",
        "authenticationPolicy": policy.rsplit("/", 1)[-1],
        "autoKeyRotation": client.get("autoKeyRotation", True),
        "clientId": client.get("client_id", app["id"]),
        "clientSecret": client.get("client_secret") or "",
        "consentMethod": oauth.get("consent_method", "TRUSTED"),
        "enduserNote": notes.get("enduser") or "",
        "grantTypes": sorted(oauth.get("grant_types", [])),
        "hideIos": hide["iOS"],
        "hideWeb": hide["web"],
        "implicitAssignment": app["settings"].get("implicitAssignment") or False,
        "issuerMode": issuer_mode,
        "jwks": [_key_state(key) for key in (oauth.get("jwks") or {}).get("keys", [])],
        "label": app["label"],
        "loginMode": (oauth.get("idp_initiated_login") or {}).get("mode", "DISABLED"),
        "name": app["name"],
        "pkceRequired": client.get("pkce_required", False),
        "redirectUris": oauth.get("redirect_uris") or None,
        "refreshTokenLeeway": refresh.get("leeway", 0),
        "refreshTokenRotation": refresh.get("rotation_type", "STATIC"),
        "responseTypes": sorted(oauth.get("response_types", [])),
        "signOnMode": app["signOnMode"],
        "status": app["status"],
        "tokenEndpointAuthMethod": client["token_endpoint_auth_method"],
        "type": oauth["application_type"],
        "userNameTemplate": template.get("template", ""),
        "userNameTemplateType": template.get("type", ""),
        "wildcardRedirect": oauth.get("wildcard_redirect", "DISABLED"),
    }


def _key_state(key: Properties) -> Properties:
    return {name: key.get(name, "") for name in ("e", "kid", "kty", "n", "x", "y")}


def _update(okta: OktaClient, identifier: str, state: Properties, inputs: Properties) -> None:
    okta.send("PUT", f"{_APPS}/{identifier}", _body(inputs, state.get("clientId", identifier)))
    if state.get("status") != inputs["status"]:
        step = "activate" if inputs["status"] == "ACTIVE" else "deactivate"
        okta.send("POST", f"{_APPS}/{identifier}/lifecycle/{step}")
    _assign_access_policy(okta, identifier, inputs)


def _delete(okta: OktaClient, identifier: str, state: Properties) -> None:
    okta.send("POST", f"{_APPS}/{identifier}/lifecycle/deactivate")
    okta.send("DELETE", f"{_APPS}/{identifier}")


APP = Resource(
    schema={
        "adminNote": Property("string"),
        "authenticationPolicy": Property("string"),
        "autoKeyRotation": Property("boolean", default=True),
        "clientId": Property("string", output=True),
        "clientSecret": Property("string", output=True, secret=True),
        "clientBasicSecret": Property("string", output=True, secret=True),
        "clientBasicSecretWo": Property("string", output=True, secret=True),
        "consentMethod": Property("string", default="TRUSTED"),
        "enduserNote": Property("string"),
        "grantTypes": Property("array", unordered=True),
        "hideIos": Property("boolean", default=True),
        "hideWeb": Property("boolean", default=True),
        "issuerMode": Property("string", default="ORG_URL"),
        "jwks": Property("array", prefer_given=True),
        "label": Property("string", required=True),
        "loginMode": Property("string", default="DISABLED"),
        "name": Property("string", output=True),
        "pkceRequired": Property("boolean"),
        "redirectUris": Property("array"),
        "refreshTokenLeeway": Property("integer"),
        "refreshTokenRotation": Property("string", default="STATIC"),
        "responseTypes": Property("array", unordered=True),
        "signOnMode": Property("string", output=True),
        "skipAuthenticationPolicy": Property("boolean"),
        "status": Property("string", default="ACTIVE"),
        "tokenEndpointAuthMethod": Property("string", default="client_secret_basic"),
        "type": Property("string", required=True, replace=True),
        "userNameTemplate": Property("string", default="${source.login}"),
        "userNameTemplateType": Property("string", default="BUILT_IN"),
        "wildcardRedirect": Property("string", default="DISABLED"),
    },
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)


def _assignment_path(inputs: Properties) -> str:
    return f"{_APPS}/{inputs['appId']}/groups/{inputs['groupId']}"


def _assign(okta: OktaClient, inputs: Properties) -> str:
    body = {"priority": inputs["priority"]} if "priority" in inputs else None
    return okta.send("PUT", _assignment_path(inputs), body)["id"]


def _read_assignment(okta: OktaClient, identifier: str, given: Properties) -> Properties:
    if "appId" not in given:
        app, _, identifier = identifier.partition("/")
        given = {"appId": app, "groupId": identifier}
    found: Any = okta.get(_assignment_path(given))
    return {
        "__meta": _META,
        "id": found["id"],
        "appId": given["appId"],
        "groupId": given["groupId"],
        "priority": given.get("priority") and found.get("priority"),
        "profile": "null",
        "retainAssignment": False,
    }


def _update_assignment(okta: OktaClient, identifier: str, state: Properties, inputs: Properties) -> None:
    _assign(okta, inputs)


def _unassign(okta: OktaClient, identifier: str, state: Properties) -> None:
    okta.send("DELETE", _assignment_path(state))


ASSIGNMENT = Resource(
    schema={
        "appId": Property("string", required=True, replace=True),
        "groupId": Property("string", required=True, replace=True),
        "priority": Property("integer"),
        "profile": Property("string", output=True),
        "retainAssignment": Property("boolean", output=True),
    },
    create=_assign,
    read=_read_assignment,
    update=_update_assignment,
    delete=_unassign,
)
