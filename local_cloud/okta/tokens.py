"""
Signed tokens. The only module that signs, so that no token comes from anywhere but the objects of the org.

Source: https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/ (tokens and claims).
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from local_cloud.okta.claims import claim_values
from local_cloud.okta.expressions import MOST_GROUPS, Facts
from local_cloud.okta.grant_types import CODE
from local_cloud.okta.ids import new_secret
from local_cloud.okta.issued import register
from local_cloud.okta.org import Org
from local_cloud.okta.people import groups_of
from local_cloud.okta.profile_claims import profile_claims
from local_cloud.okta.signing_keys import private_key, signing_row
from local_cloud.okta.store import Row

ID_TOKEN_SECONDS = 3600
# A field that we do not know is no reason to disown a token (RFC 7515 §4).
_ANY_HEADER = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
THIN = {"name", "preferred_username", "email"}


@dataclass(frozen=True)
class Grant:
    """
    What somebody was granted, from which every token of the answer is made.

    Args:
        rule: the rule that admitted it; its lifetimes hold.
        kind: the grant type that the rule admitted, which is asked about again at every refresh.
        user: None for client credentials.
        auth_time: when the person signed in, in seconds since the epoch.
    """

    server: Row
    app: Row
    rule: Row
    scopes: tuple[str, ...]
    kind: str
    user: Row | None = None
    auth_time: int | None = None
    nonce: str | None = None
    family: str | None = None


def access_token_seconds(rule: Row) -> int:
    """How long a rule lets an access token live."""
    return rule["actions"]["token"]["accessTokenLifetimeMinutes"] * 60


def most_groups(grant: Grant) -> int | None:
    """
    How many groups a claim may match.

    Source: Okta's reference (a hundred), and for codes, which have no limit,
    https://support.okta.com/help/s/article/error-the-groups-claim-matched-too-many-groups-and-must-be-configured-to-match-fewer-groups
    """
    return None if grant.kind == CODE else MOST_GROUPS


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
    subject = grant.user["profile"]["login"] if grant.user else grant.app["id"]
    facts = _facts(org, grant.app, grant.user)
    custom = claim_values(_claims(org, grant.server), "RESOURCE", grant.scopes, facts, most_groups(grant))
    token = _sign(org, grant.server, {"sub": subject, **custom, **claims})
    return register(org, token, grant.app["id"], claims.get("uid"), grant.family, claims["exp"])


def id_token(org: Org, grant: Grant, user: Row, beside: str) -> str:
    """
    Sign an ID token, which names the access token beside it and leaves the rest of the profile to userinfo.

    Source: OpenID Connect Core §2, §3.1.3.6; Okta's page on scope-dependent claims.
    """
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
        "idp": _org_id(org),
        "auth_time": grant.auth_time,
        "at_hash": half_hash(beside),
    }
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    always = [row for row in _claims(org, grant.server) if row["alwaysIncludeInToken"]]
    custom = claim_values(always, "IDENTITY", grant.scopes, _facts(org, grant.app, user), most_groups(grant))
    profile = {name: value for name, value in profile_claims(user, grant.scopes).items() if name in THIN}
    token = _sign(org, grant.server, {**custom, **profile, **claims})
    return register(org, token, grant.app["id"], user["id"], None, claims["exp"])


def identity_claims(org: Org, server: Row, app: Row, user: Row, scopes: tuple[str, ...]) -> dict[str, Any]:
    """All that a server tells of a person for these scopes. Source: OpenID Connect Core §5.3."""
    custom = claim_values(_claims(org, server), "IDENTITY", scopes, _facts(org, app, user))
    return {**custom, **profile_claims(user, scopes), "sub": user["id"]}


def half_hash(token: str) -> str:
    """The value of `at_hash`. Source: OpenID Connect Core §3.1.3.6."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()


def read_token(org: Org, server: Row, token: str, *, expired: bool = False) -> dict[str, Any] | None:
    """
    The claims of a token that this server signed and that has not expired; None for anything else.

    Args:
        expired: whether one that has expired will do.
    """
    keys = {row["id"]: row for row in org.store.rows("keys", server=server["id"])}

    def key_of(sender: Any) -> RSAKey:
        row = keys.get(sender.headers().get("kid"))
        if row is None:
            raise ValueError("unknown key")
        return private_key(org, row)

    try:
        claims = json.loads(jws.deserialize_compact(token, key_of, registry=_ANY_HEADER).payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        return None
    return claims if expired or claims["exp"] > org.now() else None


def _facts(org: Org, app: Row, user: Row | None) -> Facts:
    return Facts(app, user, groups_of(org, user) if user else [])


def _claims(org: Org, server: Row) -> list[Row]:
    return list(org.store.rows("claims", _server=server["id"]))


def _org_id(org: Org) -> str | None:
    row = org.store.get("org", "org")
    return row["id"] if row else None


def _sign(org: Org, server: Row, claims: dict[str, Any]) -> str:
    row = signing_row(org, server["id"])
    header = {"kid": row["id"], "alg": "RS256"}
    return jws.serialize_compact(header, json.dumps(claims).encode(), private_key(org, row), algorithms=["RS256"])
