"""Okta's JWK set, read with distrust: what is not exactly a public RSA key for RS256 signatures is passed over."""

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.util import urlsafe_b64decode

from lambda_server.auth.header import KID

logger = logging.getLogger(__name__)

SMALLEST_KEY_BITS = 2048  # RFC 7518 §3.3
LARGEST_KEY_BITS = 8192  # a larger one costs every check dearly
SMALLEST_EXPONENT = 65537  # FIPS 186-5 §5.4; with 1 anybody could sign
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518 §6.3.2, §6.4.1


def read_keys(document: Mapping[str, Any]) -> dict[str, RSAKey]:
    """
    The keys of a JWK set that can check an RS256 signature, by `kid`; a `kid` that two of them claim is nobody's.

    Source: RFC 7517 §5 (keys that are not understood are ignored), §4.5 (distinct ids); RFC 7518 §3.3.
    """
    listed = document.get("keys")
    entries = listed if isinstance(listed, list) else []
    found = [(entry["kid"], key) for entry in entries if (key := read_key(entry)) is not None]
    claimed = Counter(kid for kid, _ in found)
    keys = {kid: key for kid, key in found if claimed[kid] == 1}
    if len(keys) < len(entries):
        logger.warning("keys passed over", extra={"fields": {"count": len(entries) - len(keys)}})
    return keys


def read_key(entry: object) -> RSAKey | None:
    """The key of an entry, with nothing else that the entry says; None where it is for something else or no good."""
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str) or KID.fullmatch(entry["kid"]) is None:
        return None
    if entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig" or entry.get("alg", "RS256") != "RS256":
        return None
    if PRIVATE & entry.keys() or entry.get("key_ops", ["verify"]) != ["verify"]:
        return None
    modulus, exponent = _number(entry.get("n")), _number(entry.get("e"))
    if not SMALLEST_KEY_BITS <= modulus.bit_length() <= LARGEST_KEY_BITS or exponent < SMALLEST_EXPONENT:
        return None
    try:
        return RSAKey.import_key({"kty": "RSA", "n": entry["n"], "e": entry["e"]})
    except (JoseError, ValueError):
        return None


def _number(text: object) -> int:
    """The number that base64url text stands for; 0 where it is none. Source: RFC 7518 §2 (Base64urlUInt)."""
    try:
        return int.from_bytes(urlsafe_b64decode(text.encode())) if isinstance(text, str) else 0
    except ValueError:
        return 0
