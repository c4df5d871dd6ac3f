"""What a token says of itself, unverified: to tell people, and to keep it from strangers. The server checks it."""

import base64
import json
from typing import Any

from client.tokens import Tokens


def unverified_claims(token: str) -> dict[str, Any]:
    """
    The claims of a JWT; none of anything else.

    Does not check: anything. Source: RFC 7519 §7.2, RFC 7515 §3.1.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def person_of(tokens: Tokens) -> str | None:
    """Who has signed in, as the access token says it, for show; None where it does not."""
    return shown(unverified_claims(tokens.access_token).get("sub"))


def shown(claim: object) -> str | None:
    """A claim as a terminal may show it; None for what is no text, or could move the cursor."""
    return claim if isinstance(claim, str) and claim and claim.isprintable() else None
