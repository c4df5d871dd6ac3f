"""
OAuth apps.

Source: requests, defaults and state recorded from the real plugin (tests/vectors/okta-plugin).
"""

import contextlib

from local_cloud.pulumi.providers.errors import Gone, ProviderError
from local_cloud.pulumi.providers.okta import app_body
from local_cloud.pulumi.providers.okta.app_state import EMPTY, PAGES, state
from local_cloud.pulumi.providers.okta.client import OktaClient, query
from local_cloud.pulumi.providers.okta.collection import set_status
from local_cloud.pulumi.providers.resource import Candidate, Created, Resource
from local_cloud.pulumi.providers.schema import OUTPUT, Property
from local_cloud.pulumi.providers.values import Properties

_APPS = "/api/v1/apps"
_COMPUTED = ("authenticationPolicy", "grantTypes", "responseTypes")


def _create(okta: OktaClient, inputs: Properties) -> Created:
    """The answer alone holds the secret, where the app has one."""
    app_body.check(inputs)
    activate = str(inputs["status"] == "ACTIVE").lower()
    made = okta.send("POST", f"{_APPS}?activate={activate}", app_body.body(inputs))
    return Created(str(made["id"]), {"clientSecret": made["credentials"]["oauthClient"].get("client_secret", "")})


def _recall(okta: OktaClient, identifier: str) -> Properties:
    """
    The secret of an app whose creation was not answered.

    Source: Okta, Application SSO Credentials, OAuth 2.0 Client Secrets.
    """
    client = okta.get(f"{_APPS}/{identifier}")["credentials"]["oauthClient"]
    if not client["token_endpoint_auth_method"].startswith("client_secret_"):
        return {}
    found = okta.pages(f"{_APPS}/{identifier}/credentials/secrets")
    return {"clientSecret": next((one["client_secret"] for one in found if one["status"] == "ACTIVE"), "")}


def _complete(okta: OktaClient, identifier: str, inputs: Properties) -> None:
    """An app of a service has no use for a sign-in policy and gets none; OAuth does not open the internal API."""
    if okta.credentials.is_api_token:
        okta.send("POST", _id_token_path(identifier), {"issuerMode": inputs["issuerMode"]}, repeatable=True)
    if inputs["type"] != "service":
        _assign_access_policy(okta, identifier, inputs)


def _find(okta: OktaClient, inputs: Properties) -> list[Candidate]:
    return okta.named(f"{_APPS}?q={query(inputs['label'])}", inputs["label"], "label")


def _id_token_path(identifier: str) -> str:
    return f"/api/v1/internal/apps/{identifier}/settings/oauth/idToken"


def _assign_access_policy(okta: OktaClient, identifier: str, inputs: Properties) -> None:
    """The policy that was asked for or is there already, else the org's own."""
    if inputs.get("skipAuthenticationPolicy"):
        return
    chosen = inputs.get("authenticationPolicy")
    if not chosen and not okta.has_identity_engine():
        return
    okta.send("PUT", f"{_APPS}/{identifier}/policies/{chosen or _default_access_policy(okta)}")


def _default_access_policy(okta: OktaClient) -> str:
    policies = okta.get("/api/v1/policies?type=ACCESS_POLICY")
    found = [policy["id"] for policy in policies if policy["system"]]
    if len(found) != 1:
        raise ProviderError(f"{okta.org_url} has {len(found)} default access policies, and must have one")
    return str(found[0])


def _read(okta: OktaClient, identifier: str, given: Properties) -> Properties:
    """The real plugin also asks for the id token's claim about groups, and goes on where it gets no answer."""
    app = okta.get(f"{_APPS}/{identifier}")
    if not given.get("skipAuthenticationPolicy"):
        okta.has_identity_engine()
    if okta.credentials.is_api_token:
        with contextlib.suppress(Gone, ProviderError):
            okta.get(_id_token_path(identifier))
    return {"id": identifier, **state(app, given)}


def _update(okta: OktaClient, identifier: str, old: Properties, inputs: Properties) -> None:
    """The status first, and nothing else where nothing else changed."""
    if old.get("status") != inputs["status"]:
        set_status(okta, f"{_APPS}/{identifier}", inputs["status"])
        if all(old.get(name) == value for name, value in inputs.items() if name != "status"):
            return
    full = {**{name: old[name] for name in _COMPUTED if old.get(name)}, **inputs}
    app_body.check(full)
    okta.send("PUT", f"{_APPS}/{identifier}", app_body.body(full, {"clientId": identifier, **old}))
    _assign_access_policy(okta, identifier, full)


def _delete(okta: OktaClient, identifier: str, old: Properties) -> None:
    if old.get("status", "ACTIVE") == "ACTIVE":
        set_status(okta, f"{_APPS}/{identifier}", "INACTIVE")
    okta.send("DELETE", f"{_APPS}/{identifier}")


_TEXT = Property("string")
_KEY = {
    "e": _TEXT,
    "kid": Property("string", required=True),
    "kty": Property("string", required=True),
    "n": _TEXT,
    "x": _TEXT,
    "y": _TEXT,
}
_REFUSED = {
    name: Property("boolean" if value is False else "string", refused=True, secret=name.startswith("clientBasicSecret"))
    for name, value in EMPTY.items()
    if value is not None and name != "logoUrl"
}

APP = Resource(
    schema={
        **_REFUSED,
        **dict.fromkeys(PAGES, _TEXT),
        "adminNote": Property("string", longest=250),
        "authenticationPolicy": Property("string", computed=True),
        "autoKeyRotation": Property("boolean", default=True),
        "clientId": Property("string", refused=True, replace=True),
        "clientSecret": Property("string", output=True, secret=True),
        "consentMethod": Property("string", default="TRUSTED"),
        "enduserNote": Property("string", longest=250),
        "grantTypes": Property("array", unordered=True, computed=True),
        "hideIos": Property("boolean", default=True),
        "hideWeb": Property("boolean", default=True),
        "implicitAssignment": Property("boolean", refused=True),
        "issuerMode": Property("string", default="ORG_URL"),
        "jwks": Property("array", fields=_KEY),
        "label": Property("string", required=True),
        "loginMode": Property("string", default="DISABLED"),
        "logoUrl": OUTPUT,
        "name": OUTPUT,
        "pkceRequired": Property("boolean", computed=True),
        "postLogoutRedirectUris": Property("array", unordered=True),
        "redirectUris": Property("array"),
        "refreshTokenLeeway": Property("integer"),
        "refreshTokenRotation": Property("string", default="STATIC"),
        "responseTypes": Property("array", unordered=True, computed=True, values=("code", "token", "id_token")),
        "signOnMode": OUTPUT,
        "skipAuthenticationPolicy": Property("boolean", prefer_given=True, excludes="authenticationPolicy"),
        "status": Property("string", default="ACTIVE"),
        "tokenEndpointAuthMethod": Property("string", default="client_secret_basic"),
        "type": Property("string", required=True, replace=True),
        "userNameTemplate": Property("string", default="${source.login}"),
        "userNameTemplateType": Property("string", default="BUILT_IN"),
        "wildcardRedirect": Property("string", default="DISABLED"),
    },
    noun="app",
    title="label",
    create=_create,
    complete=_complete,
    recall=_recall,
    later=frozenset({"authenticationPolicy"}),
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
)
