"""
An OAuth app as it stands in the state.

Source: state recorded from the real plugin (tests/vectors/okta-plugin).
"""

import json

from local_cloud.pulumi.providers.values import Properties

# How long Terraform's SDK would wait for each request: an hour, in nanoseconds.
META = json.dumps(
    {"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": dict.fromkeys(("create", "read", "update"), 3600000000000)},
    separators=(",", ":"),
)
_TEXTS = (
    "accessibilityErrorRedirectUrl accessibilityLoginRedirectUrl backchannelCustomAuthenticatorId clientBasicSecret "
    "clientBasicSecretWo frontchannelLogoutUri jwksUri logoUrl profile userNameTemplatePushStatus "
    "userNameTemplateSuffix"
)
_FLAGS = "accessibilitySelfService autoSubmitToolbar frontchannelLogoutSessionRequired omitSecret participateSlo"
_ABSENT = (
    "appLinksJson appSettingsJson clientBasicSecretWoVersion groupsClaim loginScopes logo network preconfiguredApp"
)
# Pages about the client, by their names in Okta's settings.
PAGES = {
    "clientUri": "client_uri",
    "loginUri": "initiate_login_uri",
    "logoUri": "logo_uri",
    "policyUri": "policy_uri",
    "tosUri": "tos_uri",
}
EMPTY: Properties = {
    **dict.fromkeys(_TEXTS.split(), ""),
    **dict.fromkeys(_FLAGS.split(), False),
    **dict.fromkeys(_ABSENT.split()),
}


def state(app: Properties, given: Properties) -> Properties:
    """The properties of Okta's answer; what it keeps to itself is taken over from before."""
    skipped = given.get("skipAuthenticationPolicy", False)
    policy = app.get("_links", {}).get("accessPolicy", {}).get("href", "")
    return {
        **EMPTY,
        "__meta": META,
        "appSettingsJson": _other_settings(app["settings"]),
        "authenticationPolicy": "" if skipped else policy.rsplit("/", 1)[-1],
        "hideIos": app["visibility"]["hide"]["iOS"],
        "hideWeb": app["visibility"]["hide"]["web"],
        "implicitAssignment": app["settings"].get("implicitAssignment") or False,
        "label": app["label"],
        "name": app["name"],
        "signOnMode": app["signOnMode"],
        "skipAuthenticationPolicy": skipped,
        "status": app["status"],
        **_notes(app["settings"].get("notes") or {}),
        **_credentials(app, given),
        **_settings(app["settings"]["oauthClient"]),
    }


def _other_settings(settings: Properties) -> str | None:
    """Those that the real plugin does not know by name."""
    found = {name: settings[name] for name in ("app", "manualProvisioning") if name in settings}
    return json.dumps(found, separators=(",", ":")) if found else None


def _notes(notes: Properties) -> Properties:
    return {"adminNote": notes.get("admin") or "", "enduserNote": notes.get("enduser") or ""}


def _credentials(app: Properties, given: Properties) -> Properties:
    client, template = app["credentials"]["oauthClient"], app["credentials"].get("userNameTemplate") or {}
    return {
        "autoKeyRotation": client.get("autoKeyRotation", True),
        "clientId": client.get("client_id") or app["id"],
        "clientSecret": client.get("client_secret") or given.get("clientSecret", ""),
        "pkceRequired": client.get("pkce_required", False),
        "tokenEndpointAuthMethod": client["token_endpoint_auth_method"],
        "userNameTemplate": template.get("template", ""),
        "userNameTemplateType": template.get("type", ""),
    }


def _settings(oauth: Properties) -> Properties:
    refresh = oauth.get("refresh_token") or {}
    return {
        **{name: oauth.get(theirs) or "" for name, theirs in PAGES.items()},
        "consentMethod": oauth.get("consent_method") or "TRUSTED",
        "grantTypes": sorted(oauth.get("grant_types") or []),
        "issuerMode": oauth.get("issuer_mode") or "ORG_URL",
        "jwks": [_key(key) for key in (oauth.get("jwks") or {}).get("keys", [])],
        "loginMode": (oauth.get("idp_initiated_login") or {}).get("mode", "DISABLED"),
        "postLogoutRedirectUris": sorted(oauth.get("post_logout_redirect_uris") or []) or None,
        "redirectUris": oauth.get("redirect_uris") or None,
        "refreshTokenLeeway": refresh.get("leeway", 0),
        "refreshTokenRotation": refresh.get("rotation_type", "STATIC"),
        "responseTypes": sorted(oauth.get("response_types") or []),
        "type": oauth["application_type"],
        "wildcardRedirect": oauth.get("wildcard_redirect") or "DISABLED",
    }


def _key(key: Properties) -> Properties:
    return {name: key.get(name) or "" for name in ("e", "kid", "kty", "n", "x", "y")}
