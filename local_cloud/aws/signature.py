"""
Who has signed a request, and whether it was with that secret.

Source: AWS Signature Version 4 for API requests; botocore, which signs, computes what the signature should be.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request,"
    r" *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})",
    re.ASCII,
)
_DATE = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_UNSIGNED = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True)
class Signature:
    """What the Authorization header says."""

    access_key_id: str
    region: str
    service: str
    headers: tuple[str, ...]
    value: str


def read_signature(environ: Mapping[str, Any]) -> Signature | None:
    """The request's signature; None where it has none."""
    found = _AUTHORIZATION.fullmatch(environ.get("HTTP_AUTHORIZATION", "").strip())
    return Signature(found[1], found[2], found[3], tuple(found[4].split(";")), found[5]) if found else None


def is_signed_with(secret: str, signature: Signature, environ: Mapping[str, Any], body: bytes) -> bool:
    """
    Whether this request was signed with that secret.

    Does not check: how old it is. Who can hear what goes over loopback needs no replay.
    """
    date = environ.get("HTTP_X_AMZ_DATE", "")
    headers = {name: _header(environ, name) for name in signature.headers}
    claimed = environ.get("HTTP_X_AMZ_CONTENT_SHA256")
    if not _DATE.fullmatch(date) or None in headers.values() or "host" not in headers:
        return False
    if claimed not in (None, _UNSIGNED, hashlib.sha256(body).hexdigest()):
        return False
    request = AWSRequest(environ["REQUEST_METHOD"], _url(environ), headers=headers, data=body)
    request.context["timestamp"] = date
    auth = SigV4Auth(Credentials(signature.access_key_id, secret), signature.service, signature.region)
    wanted = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    return hmac.compare_digest(wanted, signature.value)


def _header(environ: Mapping[str, Any], name: str) -> str | None:
    key = name.upper().replace("-", "_")
    return environ.get(key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}")


def _url(environ: Mapping[str, Any]) -> str:
    """The target as it was sent, before anything was decoded; its host is signed as a header."""
    target: str = environ["RAW_URI"]
    return target if target.lower().startswith("http://") else f"http://localhost{target}"
