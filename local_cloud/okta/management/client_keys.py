"""
Public keys of a client, as an app's settings and the key endpoints take them.

Source: RFC 7517; https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOPublicKeys/
"""

from collections.abc import Iterable
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from local_cloud.okta.errors import invalid
from local_cloud.okta.ids import new_id
from local_cloud.okta.management import fields
from local_cloud.okta.store import Row

PUBLIC = {"RSA": ("n", "e"), "EC": ("crv", "x", "y")}
PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
COMPUTED = ("id", "created", "lastUpdated", "_links")


def checked_keys(given: object, field: str, now: str, present: Iterable[Row]) -> list[Row]:
    """
    The keys of a set; one that is there already keeps its id.

    Raises:
        OktaError: E0000001 with the field's name.
    """
    if not isinstance(given, list) or not all(isinstance(key, dict) for key in given):
        raise invalid(field, "The field must be a list of keys")
    known = {key.get("kid"): key for key in present}
    keys = [checked_key(key, field, now, known) for key in given]
    if len(keys) > 1 and not all("kid" in key for key in keys):
        raise invalid(field, "Each of several keys must have a 'kid'")
    if len({key.get("kid") for key in keys}) < len(keys):
        raise invalid(field, "Each 'kid' can be used once")
    return keys


def checked_key(given: dict[str, Any], field: str, now: str, known: dict[Any, Row]) -> Row:
    """
    One signing key, complete.

    Args:
        known: the keys that the app has already, by `kid`.

    Raises:
        OktaError: E0000001 with the field's name.
    """
    named = {"kid": fields.text(given, "kid", field=field)} if given.get("kid") is not None else {}
    numbers = _numbers(given, field)
    use, alg = given.get("use"), fields.optional_text(given, "alg")
    if use not in (None, "sig"):
        raise invalid(field, "The local Okta takes signing keys: 'use' must be sig")
    status = fields.choice(given, "status", ("ACTIVE", "INACTIVE"), "ACTIVE")
    mine = known.get(named.get("kid"))
    row = {"id": mine["id"] if mine else new_id("pks"), "status": status, **named, "kty": given["kty"], "use": "sig"}
    row |= {**({"alg": alg} if alg else {}), **numbers}
    return {**row, "created": mine.get("created", now) if mine else now, "lastUpdated": now}


def _numbers(given: dict[str, Any], field: str) -> dict[str, str]:
    kind = given.get("kty")
    if kind not in ("RSA", "EC"):
        raise invalid(field, "The local Okta takes keys of the types RSA and EC")
    allowed = ("kty", "kid", "use", "alg", "status", *PUBLIC[kind], *COMPUTED)
    for name in given:
        if name in PRIVATE:
            raise invalid(field, f"A public key has no '{name}'")
        if name not in allowed:
            raise invalid(field, f"The local Okta does not emulate '{name}' of a key")
    numbers = {name: fields.text(given, name, at_most=2048, field=field) for name in PUBLIC[kind]}
    try:
        # Only the numbers: what else a key says of itself was checked above.
        _import(kind, numbers)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise invalid(field, "The key cannot be read") from error
    return numbers


def _import(kind: str, numbers: dict[str, str]) -> object:
    jwk: dict[str, Any] = {"kty": kind, **numbers}
    return (RSAKey.import_key(jwk) if kind == "RSA" else ECKey.import_key(jwk)).as_dict(private=False)
