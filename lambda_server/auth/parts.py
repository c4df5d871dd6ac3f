"""A token taken apart, before anything in it is believed; sizes are looked at before any other work."""

import re
from binascii import Error as BadBase64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.util import urlsafe_b64decode

from lambda_server.auth.errors import MalformedToken
from lambda_server.auth.reasons import Reason
from lambda_server.auth.strict_json import BadJson, read_object

LONGEST_TOKEN = 10 * 1024  # what API Gateway carries of headers, all together
LONGEST_HEADER = 512  # characters of base64; Okta's takes about 100
COMPACT = re.compile(r"[A-Za-z0-9_.-]*")  # RFC 7515 §7.1: base64url and dots


@dataclass(frozen=True)
class Parts:
    """A compact JWS: header and payload read, the rest as it was sent."""

    compact: bytes
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def take_apart(token: str) -> Parts:
    """
    Split a compact JWS; decode its header and its claims.

    Raises:
        MalformedToken: it is none, or longer than any that Okta issues.

    Source: RFC 7515 §3.1, §7.1; RFC 7519 §7.2.
    Does not check: anything that is written in it.
    """
    if len(token) > LONGEST_TOKEN:
        raise MalformedToken(Reason.TOKEN_TOO_LONG, f"{len(token)} characters")
    if not token:
        raise MalformedToken(Reason.TOKEN_EMPTY)
    if COMPACT.fullmatch(token) is None:
        raise MalformedToken(Reason.TOKEN_CHARACTERS)
    segments = token.split(".")
    if len(segments) != 3:
        raise MalformedToken(Reason.TOKEN_SEGMENTS, f"{len(segments)} segments")
    header, payload, signature = segments
    if len(header) > LONGEST_HEADER:
        raise MalformedToken(Reason.HEADER_TOO_LONG, f"{len(header)} characters")
    fields, claims = _read("header", header), _read("payload", payload)
    _decode("signature", signature)
    return Parts(token.encode("ascii"), fields, claims)


def _read(where: str, segment: str) -> dict[str, Any]:
    try:
        return read_object(_decode(where, segment))
    except BadJson as error:
        raise MalformedToken(Reason(f"{where}_{error.fault}")) from None


def _decode(where: str, segment: str) -> bytes:
    """The bytes of a segment that is written as base64url writes it. Source: RFC 4648 §3.5 (no loose bits), §5."""
    try:
        return urlsafe_b64decode(segment.encode("ascii"))
    except BadBase64:
        raise MalformedToken(Reason(f"{where}_encoding")) from None
