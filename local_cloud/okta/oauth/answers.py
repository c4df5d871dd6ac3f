"""What the token endpoint answers with. Source: RFC 6749 §5.1, OpenID Connect Core §3.1.3.3."""

from dataclasses import replace

from local_cloud.okta.oauth import families
from local_cloud.okta.org import Org
from local_cloud.okta.tokens import Grant, access_token, access_token_seconds, id_token


def first_answer(org: Org, grant: Grant) -> tuple[dict[str, object], str | None]:
    """The answer to a sign-in, and the id of the family that it begins where `offline_access` was granted."""
    if "offline_access" not in grant.scopes:
        return answer(org, grant), None
    family, refresh_token = families.start(org, grant)
    return {**answer(org, replace(grant, family=family)), "refresh_token": refresh_token}, family


def answer(org: Org, grant: Grant) -> dict[str, object]:
    """The answer without a refresh token."""
    access = access_token(org, grant)
    given: dict[str, object] = {
        "token_type": "Bearer",
        "expires_in": access_token_seconds(grant.rule),
        "access_token": access,
        "scope": " ".join(grant.scopes),
    }
    if grant.user and "openid" in grant.scopes:
        given["id_token"] = id_token(org, grant, grant.user, access)
    return given
