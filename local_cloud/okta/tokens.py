"""
Signed tokens. The only module that signs, so that no token comes from anywhere but the objects of the org.

Source: https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/ (tokens and claims).
"""

import json
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from local_cloud.okta.claims import claim_values
from local_cloud.okta.ids import new_secret
from local_cloud.okta.org import Org
from local_cloud.okta.people import groups_of
from local_cloud.okta.signing_keys import private_key, signing_row
from local_cloud.okta.store import Row

ID_TOKEN_SECONDS = 3600


@dataclass(frozen=True)
class Grant:
    """
    What somebody was granted, from which every token of the answer is made.

    Args:
        rule: the rule that admitted it; its lifetimes hold.
        user: None for client credentials.
        auth_time: when the person signed in, in seconds since the epoch.
    """

    server: Row
    app: Row
    rule: Row
    scopes: tuple[str, ...]
    user: Row | None = None
    auth_time: int | None = None
    nonce: str | None = None
    family: str | None = None


def access_token_seconds(rule: Row) -> int:
    """How long a rule lets an access token live."""
    return rule["actions"]["token"]["accessTokenLifetimeMinutes"] * 60


def access_token(org: Org, grant: Grant) -> str:
    """Sign an access token; with a refresh token beside it, its `jti` ends in that token's id, as Okta's does."""
    now = int(org.now())
    claims: dict[str, Any] = {
        "ver": 1,
        "jti": f"AT.{new_secret()}" + (f".{grant.family}" if grant.family else ""),
        "iss": grant.server["issuer"],
        "aud": grant.server["audiences"][0],
        "iat": now,
        "exp": now + access_token_seconds(grant.rule),
        "cid": grant.app["id"],
    }
    if grant.user:
        claims["uid"] = grant.user["id"]
        claims["auth_time"] = grant.auth_time
    claims["scp"] = list(grant.scopes)
    return _sign(org, grant.server, {**_custom(org, grant, "RESOURCE"), **claims})


def id_token(org: Org, grant: Grant, user: Row) -> str:
    """Sign an ID token. Source: OpenID Connect Core §2."""
    now = int(org.now())
    claims: dict[str, Any] = {
        "sub": user["id"],
        "ver": 1,
        "iss": grant.server["issuer"],
        "aud": grant.app["id"],
        "iat": now,
        "exp": now + ID_TOKEN_SECONDS,
        "jti": f"ID.{new_secret()}",
        "amr": ["pwd"],
        "auth_time": grant.auth_time,
    }
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    thin = {"name", "preferred_username", "email"}
    profile = {name: value for name, value in profile_claims(user, grant.scopes).items() if name in thin}
    return _sign(org, grant.server, {**_custom(org, grant, "IDENTITY"), **profile, **claims})


def profile_claims(user: Row, scopes: tuple[str, ...]) -> dict[str, Any]:
    """What the scopes `profile`, `email` and `phone` tell of a person. Source: OpenID Connect Core §5.4."""
    profile = user["profile"]
    told: dict[str, Any] = {}
    if "profile" in scopes:
        told |= {
            "name": f"{profile['firstName']} {profile['lastName']}",
            "given_name": profile["firstName"],
            "family_name": profile["lastName"],
            "preferred_username": profile["login"],
        }
    if "email" in scopes:
        told |= {"email": profile["email"], "email_verified": True}
    if "phone" in scopes and profile.get("mobilePhone"):
        told["phone_number"] = profile["mobilePhone"]
    return told


def read_token(org: Org, server: Row, token: str) -> dict[str, Any] | None:
    """The claims of a token that this server signed and that has not expired; None for anything else."""
    keys = {row["id"]: row for row in org.store.rows("keys", server=server["id"])}

    def key_of(sender: Any) -> RSAKey:
        row = keys.get(sender.headers().get("kid"))
        if row is None:
            raise ValueError("unknown key")
        return private_key(org, row)

    try:
        claims = json.loads(jws.deserialize_compact(token, key_of, algorithms=["RS256"]).payload)
    except (JoseError, ValueError, TypeError):
        return None
    return claims if claims["exp"] > org.now() else None


def _custom(org: Org, grant: Grant, kind: str) -> dict[str, Any]:
    claims = list(org.store.rows("claims", _server=grant.server["id"]))
    groups = groups_of(org, grant.user) if grant.user else []
    return claim_values(claims, kind, frozenset(grant.scopes), grant.app, grant.user, groups)


def _sign(org: Org, server: Row, claims: dict[str, Any]) -> str:
    row = signing_row(org, server["id"])
    header = {"kid": row["id"], "alg": "RS256"}
    return jws.serialize_compact(header, json.dumps(claims).encode(), private_key(org, row), algorithms=["RS256"])
