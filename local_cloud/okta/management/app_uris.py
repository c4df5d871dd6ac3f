"""
The addresses of an app to which Okta sends a browser: after a sign-in, after a sign-out, and to begin one.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/ (redirect_uris,
wildcard_redirect); RFC 6749 §3.1.2, RFC 8252 §7.1 (schemes of an app's own); RFC 9700 §4.1 (no patterns).
"""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from local_cloud.okta.errors import invalid
from local_cloud.okta.management import fields

# A browser runs or opens what stands behind them; no app answers there.
NOT_SENT_TO = ("about", "blob", "data", "file", "filesystem", "jar", "javascript", "vbscript", "view-source")


def checked_uris(given: dict[str, Any], name: str, field: str) -> list[str]:
    """
    A list of addresses; an absent one is empty.

    Raises:
        OktaError: E0000001 with the field's name, and the address that is wrong.
    """
    uris = fields.texts(given, name, field=field)
    for uri in uris:
        _check(uri, field)
    return uris


def check_uri(given: dict[str, Any], name: str, field: str) -> None:
    """
    Accept an address, which may be absent or empty.

    Raises:
        OktaError: E0000001 with the field's name.
    """
    uri = fields.optional_text(given, name)
    if uri:
        _check(uri, field)


def _check(uri: str, field: str) -> None:
    parts = _split(uri)
    if parts is None or "#" in uri or not parts.scheme:
        raise invalid(field, f"'{uri}' is not an absolute URI without fragment")
    if parts.scheme in NOT_SENT_TO:
        raise invalid(field, f"'{uri}' has a scheme to which nobody can be sent back")
    if parts.scheme in ("http", "https") and not parts.hostname:
        raise invalid(field, f"'{uri}' is not an absolute URI without fragment")
    if "*" in uri:
        raise invalid(field, f"'{uri}' has a '*', and wildcards are off")


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    return parts if uri.isascii() and uri.isprintable() and " " not in uri and port != 0 else None
