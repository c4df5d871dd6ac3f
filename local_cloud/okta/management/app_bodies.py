"""
The body of a create or replace of an app: its checks, and the complete object that Okta keeps.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/ (OIDC apps).
"""

from typing import Any

from local_cloud.okta.calls import Call
from local_cloud.okta.errors import duplicate, not_built
from local_cloud.okta.management import fields
from local_cloud.okta.management.app_settings import checked_client, checked_oauth
from local_cloud.okta.store import Row

VPN = {"vpn": {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}}
FIXED_SETTINGS = {"notifications": VPN, "manualProvisioning": False, "emOptInStatus": "NONE"}
APP_LINKS = {"oidc_client_link": True}
MEMBERS = (
    "name", "label", "accessibility", "visibility", "signOnMode", "credentials", "settings", "profile",
    *fields.COMPUTED, "status", "orn",
)  # fmt: skip
ACCESSIBILITY = {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None}
TEMPLATE = {"template": "${source.login}", "type": "BUILT_IN"}


def checked(call: Call, present: Row | None) -> dict[str, Any]:
    """The body of a create or replace, checked and completed."""
    for name, value in (("signOnMode", "OPENID_CONNECT"), ("name", "oidc_client")):
        if call.body.get(name) != value:
            raise not_built(f"apps whose {name} is not {value}")
    fields.only(call.body, MEMBERS)
    label = fields.text(call.body, "label", at_most=100)
    if any(row is not present for row in call.org.store.rows("apps", label=label)):
        raise duplicate("label")
    credentials = _checked_credentials(call.body)
    return {
        "name": "oidc_client",
        "label": label,
        "accessibility": _checked_accessibility(call.body),
        "visibility": _checked_visibility(call.body),
        "features": [],
        "signOnMode": "OPENID_CONNECT",
        "profile": fields.section(call.body, "profile"),
        "credentials": credentials,
        "settings": _checked_settings(call, present, credentials["oauthClient"]["token_endpoint_auth_method"]),
    }


def _checked_settings(call: Call, present: Row | None, method: str) -> dict[str, Any]:
    settings = fields.section(call.body, "settings")
    fields.only(settings, ("app", "implicitAssignment", "notes", "oauthClient"), "settings", **FIXED_SETTINGS)
    keys = present["settings"]["oauthClient"].get("jwks", {}).get("keys", []) if present else []
    notes = fields.section(settings, "notes", field="settings.notes")
    fields.only(notes, ("admin", "enduser"), "settings.notes")
    return {
        "app": fields.section(settings, "app", field="settings.app"),
        **FIXED_SETTINGS,
        "implicitAssignment": fields.flag(settings, "implicitAssignment", False),
        "notes": {name: fields.optional_text(notes, name) for name in ("admin", "enduser")},
        "oauthClient": checked_oauth(call.body, method, call.org.clock.timestamp(), keys),
    }


def _checked_credentials(body: dict[str, Any]) -> dict[str, Any]:
    given = fields.section(body, "credentials")
    fields.only(given, ("userNameTemplate", "oauthClient"), "credentials")
    template = fields.section(given, "userNameTemplate", field="credentials.userNameTemplate")
    # Nothing is pushed to an app here, whatever its push status; its user names are the logins.
    fields.only(template, ("pushStatus",), "credentials.userNameTemplate", **TEMPLATE)
    named = TEMPLATE | {name: value for name, value in template.items() if value}
    return {"userNameTemplate": named, "signing": {}, "oauthClient": checked_client(body)}


def _checked_accessibility(body: dict[str, Any]) -> dict[str, Any]:
    given = fields.section(body, "accessibility")
    fields.only(given, ACCESSIBILITY, "accessibility")
    return ACCESSIBILITY | given


def _checked_visibility(body: dict[str, Any]) -> dict[str, Any]:
    given = fields.section(body, "visibility")
    fields.only(given, ("autoLaunch", "autoSubmitToolbar", "hide"), "visibility", appLinks=APP_LINKS)
    hide = fields.section(given, "hide", field="visibility.hide")
    fields.only(hide, ("iOS", "web"), "visibility.hide")
    return {
        "autoLaunch": False,
        "autoSubmitToolbar": False,
        **given,
        "hide": {"iOS": True, "web": True} | hide,
        "appLinks": APP_LINKS,
    }
