"""A token taken apart, before anything in it is believed."""

import json
from collections.abc import Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jws import CompactSignature, extract_compact

from lambda_server.auth.errors import MalformedToken

LONGEST_TOKEN = 16 * 1024  # API Gateway carries 10 KB of headers


def take_apart(token: str) -> CompactSignature:
    """
    Split a compact JWS and decode its header and payload.

    Raises:
        MalformedToken: it is none, or longer than any that Okta issues.

    Does not check: anything that is written in it.
    """
    if len(token) > LONGEST_TOKEN:
        raise MalformedToken(f"{len(token)} characters")
    try:
        parts = extract_compact(token.encode("ascii"))
    except (JoseError, ValueError, RecursionError) as error:
        raise MalformedToken(f"no compact JWS: {type(error).__name__}") from None
    if not isinstance(parts.headers(), dict):
        raise MalformedToken("the header is no JSON object")
    return parts


def read_claims(parts: CompactSignature) -> Mapping[str, Any]:
    """
    The payload as claims.

    Raises:
        MalformedToken: it is no JSON object.
    """
    try:
        claims = json.loads(parts.payload)
    except (ValueError, RecursionError) as error:
        raise MalformedToken(f"the payload is no JSON: {type(error).__name__}") from None
    if not isinstance(claims, dict):
        raise MalformedToken("the payload is no JSON object")
    return claims
