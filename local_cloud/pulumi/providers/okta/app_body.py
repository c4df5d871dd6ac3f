"""
The body that creates or replaces an OAuth app, and what the real plugin refuses before it sends one.

Source: requests recorded from the real plugin (tests/vectors/okta-plugin); Okta's Terraform provider 6.12.
"""

import json

from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.okta.app_state import PAGES
from local_cloud.pulumi.providers.values import Properties

CODE, REFRESH, CREDENTIALS, IMPLICIT = "authorization_code", "refresh_token", "client_credentials", "implicit"
# What an app of the type must be able to do, and is given where the program names no grants.
REQUIRED_GRANTS = {"web": CODE, "native": CODE, "browser": None, "service": CREDENTIALS}
DEFAULT_BROWSER_GRANTS = [IMPLICIT, CODE, REFRESH]


def grant_types(inputs: Properties) -> list[str]:
    """The app's grants, or the least that its type needs."""
    if inputs.get("grantTypes"):
        return list(inputs["grantTypes"])
    required = REQUIRED_GRANTS.get(inputs["type"])
    return [required] if required else DEFAULT_BROWSER_GRANTS


def response_types(inputs: Properties) -> list[str]:
    """The app's response types, or those that follow from its grants."""
    if inputs.get("responseTypes"):
        return list(inputs["responseTypes"])
    grants = set(grant_types(inputs))
    token = ["token"] if grants & {IMPLICIT, CREDENTIALS} else []
    return token + (["code"] if grants & {"password", CODE, REFRESH} else [])


def check(inputs: Properties) -> None:
    """
    Refuse what Okta would not take.

    Raises:
        ProviderError: names the property.
    """
    required = REQUIRED_GRANTS.get(inputs["type"])
    if required and required not in grant_types(inputs):
        raise ProviderError(f"grantTypes: an app of type {inputs['type']} must have {required}")
    if inputs["tokenEndpointAuthMethod"] == "private_key_jwt" and not inputs.get("jwks"):
        raise ProviderError("jwks: is required when tokenEndpointAuthMethod is private_key_jwt")
    if inputs["loginMode"] != "DISABLED":
        raise ProviderError("loginMode: only DISABLED is emulated here")


def body(inputs: Properties, old: Properties | None = None) -> Properties:
    """The whole app; of an existing one, with what the state holds of it."""
    held = old or {}
    return {
        "accessibility": {},
        "credentials": {
            "oauthClient": _credentials(inputs, held.get("clientId"), held.get("clientSecret", "")),
            "userNameTemplate": {"template": inputs["userNameTemplate"], "type": inputs["userNameTemplateType"]},
        },
        "label": inputs["label"],
        "name": "oidc_client",
        "settings": {
            **json.loads(held.get("appSettingsJson") or "{}"),
            "notes": _notes(inputs),
            "oauthClient": _settings(inputs),
        },
        "signOnMode": "OPENID_CONNECT",
        "visibility": {"hide": {"iOS": inputs["hideIos"], "web": inputs["hideWeb"]}},
    }


def _credentials(inputs: Properties, client_id: str | None, client_secret: str) -> Properties:
    credentials = {
        "autoKeyRotation": inputs["autoKeyRotation"],
        "pkce_required": _pkce_required(inputs, new=client_id is None),
        "token_endpoint_auth_method": inputs["tokenEndpointAuthMethod"],
    }
    known = {"client_id": client_id, "client_secret": client_secret}
    return credentials | {name: value for name, value in known.items() if value}


def _pkce_required(inputs: Properties, new: bool) -> bool:
    if "pkceRequired" in inputs:
        return bool(inputs["pkceRequired"])
    return inputs["tokenEndpointAuthMethod"] == "none" or (new and inputs["type"] in ("native", "browser"))


def _notes(inputs: Properties) -> Properties:
    pairs = {"admin": inputs.get("adminNote"), "enduser": inputs.get("enduserNote")}
    return {name: text for name, text in pairs.items() if text}


def _settings(inputs: Properties) -> Properties:
    settings: Properties = {
        "application_type": inputs["type"],
        "consent_method": inputs["consentMethod"],
        "dpop_bound_access_tokens": False,
        "grant_types": grant_types(inputs),
        "idp_initiated_login": {"default_scope": [], "mode": inputs["loginMode"]},
        "issuer_mode": inputs["issuerMode"],
        "response_types": response_types(inputs),
        "wildcard_redirect": inputs["wildcardRedirect"],
    }
    uris = {"redirect_uris": "redirectUris", "post_logout_redirect_uris": "postLogoutRedirectUris"}
    texts = {**uris, **{theirs: ours for ours, theirs in PAGES.items()}}
    settings |= {theirs: inputs[ours] for theirs, ours in texts.items() if inputs.get(ours)}
    if inputs.get("jwks"):
        settings["jwks"] = {"keys": [_key(key) for key in inputs["jwks"]]}
    if REFRESH in grant_types(inputs):
        leeway = inputs.get("refreshTokenLeeway", 0)
        settings["refresh_token"] = {"leeway": leeway, "rotation_type": inputs["refreshTokenRotation"]}
    return settings


def _key(key: Properties) -> Properties:
    return {**{name: value for name, value in key.items() if value}, "status": "ACTIVE"}
