"""
What the scopes `profile`, `email`, `phone` and `address` tell of a person.

Source: OpenID Connect Core §5.1, §5.4; https://developer.okta.com/docs/reference/api/oidc/ (scope-dependent claims).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from local_cloud.okta.store import Row

PROFILE = {
    "given_name": "firstName",
    "family_name": "lastName",
    "middle_name": "middleName",
    "nickname": "nickName",
    "preferred_username": "login",
    "profile": "profileUrl",
    "zoneinfo": "timezone",
    "locale": "locale",
}
ADDRESS = {
    "street_address": "streetAddress",
    "locality": "city",
    "region": "state",
    "postal_code": "zipCode",
    "country": "countryCode",
}


def profile_claims(user: Row, scopes: Collection[str]) -> dict[str, Any]:
    """The claims of the reserved scopes; attributes that are not set are left out."""
    profile = user["profile"]
    told: dict[str, Any] = {}
    if "profile" in scopes:
        name = f"{profile['firstName']} {profile['lastName']}"
        told |= {"name": name, **_named(profile, PROFILE), "updated_at": _seconds(user["lastUpdated"])}
    if "email" in scopes:
        told |= {"email": profile["email"], "email_verified": True}
    if "phone" in scopes:
        told |= _named(profile, {"phone_number": "primaryPhone"})
    address = _named(profile, ADDRESS)
    if "address" in scopes and address:
        told["address"] = address
    return told


def _named(profile: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {claim: profile[name] for claim, name in names.items() if profile.get(name)}


def _seconds(timestamp: str) -> int:
    return int(datetime.fromisoformat(timestamp).timestamp())
