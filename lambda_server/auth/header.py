"""The header of a token: RS256, a plain key id, and nothing that would choose another key or another reading."""

import re

from lambda_server.auth.errors import MalformedToken
from lambda_server.auth.parts import Parts
from lambda_server.auth.reasons import Reason
from lambda_server.log import excerpt

ALGORITHM = "RS256"
KID = re.compile(r"[A-Za-z0-9._~-]{1,128}")  # Okta's are 43 characters of base64url

# They bring or name a key, or change how the rest is read. Okta writes none of them.
FORBIDDEN = frozenset({"jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "crit", "b64", "zip", "enc", "cty"}) | frozenset(
    {"epk", "apu", "apv", "p2s", "p2c"}
)
TYPES = ("jwt", "at+jwt", "application/at+jwt")  # Okta writes none; the org server and DPoP proofs have others


def read_kid(parts: Parts) -> str:
    """
    The id of the key, from a header that asks for RS256 and nothing unusual.

    Raises:
        MalformedToken: another algorithm or kind of token, no plain `kid`, or a field that must not be there.

    Source: RFC 8725 §3.1 (never let the token choose the algorithm), §3.10 (`jku`, `x5u`), §3.11 (`typ`);
        RFC 7515 §4.1; other fields are ignored (§4).
    """
    header = parts.header
    if header.get("alg") != ALGORITHM:
        raise MalformedToken(Reason.ALG_WRONG, f"alg must be {ALGORITHM}, and is {excerpt(header.get('alg'))}")
    forbidden = sorted(FORBIDDEN & header.keys())
    if forbidden:
        raise MalformedToken(Reason.HEADER_FORBIDDEN, ", ".join(forbidden))
    if "typ" in header and not is_access_token(header["typ"]):
        raise MalformedToken(Reason.TYP_WRONG, f"typ is {excerpt(header['typ'])}")
    if "kid" not in header:
        raise MalformedToken(Reason.KID_MISSING)
    kid = header["kid"]
    if not isinstance(kid, str) or KID.fullmatch(kid) is None:
        raise MalformedToken(Reason.KID_FORM, f"kid is {excerpt(kid)}")
    return kid


def is_access_token(kind: object) -> bool:
    """Whether a `typ` may stand on an access token. Source: RFC 9068 §2.1, §4; RFC 7515 §4.1.9 (any case)."""
    return isinstance(kind, str) and kind.lower() in TYPES
