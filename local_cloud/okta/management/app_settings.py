"""
What an OAuth app may be: the checks of a create or replace, and the complete object that Okta keeps.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/ (OIDC apps).
"""

from typing import Any

from local_cloud.okta.errors import invalid
from local_cloud.okta.grant_types import CLIENT, CODE, DEVICE, IMPLICIT, JWT_BEARER, PASSWORD, REFRESH, TOKEN_EXCHANGE
from local_cloud.okta.management import fields
from local_cloud.okta.management.app_uris import check_uri, checked_uris
from local_cloud.okta.management.client_keys import checked_keys
from local_cloud.okta.store import Row

PEOPLE_GRANTS = (CODE, REFRESH, IMPLICIT, PASSWORD, DEVICE, TOKEN_EXCHANGE, JWT_BEARER)
GRANTS = {
    "native": PEOPLE_GRANTS,
    "web": (*PEOPLE_GRANTS, CLIENT),
    "browser": PEOPLE_GRANTS,
    "service": (CLIENT, TOKEN_EXCHANGE, JWT_BEARER),
}
SECRET_METHODS = ("client_secret_basic", "client_secret_post", "client_secret_jwt")
METHODS = ("none", *SECRET_METHODS, "private_key_jwt")
ROOT, CLIENT = "settings.oauthClient", "credentials.oauthClient"
NULLABLE = ("client_uri", "logo_uri", "policy_uri", "tos_uri", "initiate_login_uri")
CREDENTIALS = ("autoKeyRotation", "client_id", "client_secret", "pkce_required", "token_endpoint_auth_method")
KNOWN = {
    "application_type", "client_uri", "consent_method", "dpop_bound_access_tokens", "grant_types",
    "idp_initiated_login", "initiate_login_uri", "issuer_mode", "jwks", "logo_uri", "participate_slo", "policy_uri",
    "post_logout_redirect_uris", "redirect_uris", "refresh_token", "response_types", "tos_uri", "wildcard_redirect",
}  # fmt: skip


def checked_client(body: dict[str, Any]) -> dict[str, Any]:
    """The credentials of a client, without its id and secret."""
    client = fields.section(fields.section(body, "credentials"), "oauthClient", field=CLIENT)
    fields.only(client, CREDENTIALS, CLIENT)
    method = fields.choice(client, "token_endpoint_auth_method", METHODS, "client_secret_basic")
    return {
        "autoKeyRotation": fields.flag(client, "autoKeyRotation", True),
        "token_endpoint_auth_method": method,
        "pkce_required": fields.flag(client, "pkce_required", method == "none"),
    }


def checked_oauth(body: dict[str, Any], method: str, now: str, keys: list[Row]) -> dict[str, Any]:
    """
    The OAuth settings of an app, complete.

    Args:
        keys: those that the app has already.

    Raises:
        OktaError: E0000001 with the setting's name.
    """
    given = fields.section(fields.section(body, "settings"), "oauthClient", field=ROOT)
    _refuse_unknown(given)
    kind = fields.choice(given, "application_type", GRANTS)
    grants = _checked_grants(given, kind)
    _check_method(kind, method)
    oauth = {
        **{name: fields.optional_text(given, name) for name in NULLABLE[:2]},
        "redirect_uris": checked_uris(given, "redirect_uris", f"{ROOT}.redirect_uris"),
        "post_logout_redirect_uris": checked_uris(
            given, "post_logout_redirect_uris", f"{ROOT}.post_logout_redirect_uris"
        ),
        "response_types": _checked_responses(given, grants),
        "grant_types": grants,
        "application_type": kind,
        "consent_method": fields.choice(given, "consent_method", ("TRUSTED", "REQUIRED"), "TRUSTED"),
        "issuer_mode": fields.choice(given, "issuer_mode", ("ORG_URL", "DYNAMIC"), "ORG_URL"),
        "idp_initiated_login": _checked_idp_login(given),
        "wildcard_redirect": fields.choice(given, "wildcard_redirect", ("DISABLED",), "DISABLED"),
        "dpop_bound_access_tokens": fields.flag(given, "dpop_bound_access_tokens", False),
        "participate_slo": fields.flag(given, "participate_slo", False),
        **{name: value for name in NULLABLE[2:] if (value := fields.optional_text(given, name)) is not None},
    }
    check_uri(given, "initiate_login_uri", f"{ROOT}.initiate_login_uri")
    if CODE in grants and not oauth["redirect_uris"]:
        raise invalid(f"{ROOT}.redirect_uris", "At least one redirect URI is required for 'authorization_code'")
    rotation = _checked_rotation(given, kind)
    if REFRESH in grants:
        oauth["refresh_token"] = rotation
    return oauth | _checked_keys(given, method, now, keys)


def _refuse_unknown(given: dict[str, Any]) -> None:
    fields.only(given, KNOWN, ROOT)
    for name in ("dpop_bound_access_tokens", "participate_slo"):
        if given.get(name):
            raise invalid(f"{ROOT}.{name}", "The local Okta supports only false")


def _check_method(kind: str, method: str) -> None:
    field = "credentials.oauthClient.token_endpoint_auth_method"
    if kind == "service" and method == "none":
        raise invalid(field, "A service app must authenticate")
    if kind == "browser" and method != "none":
        raise invalid(field, "A browser app cannot keep a secret: the value must be none")


def _checked_grants(given: dict[str, Any], kind: str) -> list[str]:
    grants = fields.texts(given, "grant_types", field=f"{ROOT}.grant_types") or [CLIENT if kind == "service" else CODE]
    for grant in grants:
        if grant not in GRANTS[kind]:
            raise invalid(f"{ROOT}.grant_types", f"'{grant}' is not a valid grant type of a {kind} app")
    if REFRESH in grants and not {CODE, PASSWORD, DEVICE} & set(grants):
        raise invalid(f"{ROOT}.grant_types", "'refresh_token' needs a grant type that signs somebody in")
    return grants


def _checked_responses(given: dict[str, Any], grants: list[str]) -> list[str]:
    responses = fields.texts(given, "response_types", field=f"{ROOT}.response_types")
    responses = responses or ["code" if CODE in grants else "token"]
    for response in responses:
        if response not in ("code", "token", "id_token"):
            raise invalid(f"{ROOT}.response_types", f"'{response}' is not a valid response type")
    if (CODE in grants) != ("code" in responses):
        raise invalid(f"{ROOT}.response_types", "'code' and the grant type 'authorization_code' go together")
    return responses


def _checked_idp_login(given: dict[str, Any]) -> dict[str, Any]:
    field = f"{ROOT}.idp_initiated_login"
    login = fields.section(given, "idp_initiated_login", field=field)
    fields.only(login, ("mode", "default_scope"), field)
    return login or {"mode": "DISABLED", "default_scope": []}


def _checked_rotation(given: dict[str, Any], kind: str) -> dict[str, Any]:
    rotation = fields.section(given, "refresh_token", field=f"{ROOT}.refresh_token")
    fields.only(rotation, ("rotation_type", "leeway"), f"{ROOT}.refresh_token")
    default = "ROTATE" if kind == "browser" else "STATIC"
    return {
        "rotation_type": fields.choice(rotation, "rotation_type", ("ROTATE", "STATIC"), default),
        "leeway": fields.whole(rotation, "leeway", 0, 60, 0, field=f"{ROOT}.refresh_token.leeway"),
    }


def _checked_keys(given: dict[str, Any], method: str, now: str, present: list[Row]) -> dict[str, Any]:
    field = f"{ROOT}.jwks"
    jwks = fields.section(given, "jwks", field=field)
    fields.only(jwks, ("keys",), field)
    keys = checked_keys(jwks.get("keys") or [], field, now, present)
    if method == "private_key_jwt" and not keys:
        raise invalid(field, "At least one key is required for 'private_key_jwt'")
    return {"jwks": {"keys": keys}} if keys else {}
