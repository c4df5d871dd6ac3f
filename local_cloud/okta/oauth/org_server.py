"""
Access tokens for the Management API, from the org's own authorization server.

Source: https://developer.okta.com/docs/guides/implement-oauth-for-okta/main/
"""

from typing import Any

from local_cloud.okta.oauth.issuers import org_issuer
from local_cloud.okta.oauth.revocations import active_claims
from local_cloud.okta.org import Org


def read_org_token(org: Org, token: str) -> dict[str, Any] | None:
    """
    The claims of an access token of the org's own server that nothing has ended since; None for anything else.

    *Does not check* whether its scopes (`scp`) allow the call.
    """
    claims = active_claims(org, org_issuer(org), token)
    return claims if claims is not None and "cid" in claims else None
