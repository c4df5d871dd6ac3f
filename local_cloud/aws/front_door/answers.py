"""
From the function's result to the HTTP answer: payload format 2.0.

Source: API Gateway, Lambda proxy integrations for HTTP APIs, "Lambda function response for format 2.0".
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any

from local_cloud.aws.front_door.events import HOP_BY_HOP

_NAME = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")  # RFC 9110 §5.6.2
_VALUE = re.compile(r"^[\t\x20-\x7e\x80-\xff]*$")
_REMAPPED = ("date", "server")
_CHALLENGE = "www-authenticate"


@dataclass
class Answer:
    """An HTTP answer; headers by lower-case name, a name can stand more than once."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def get(self, name: str) -> str | None:
        """The values of a header, joined by commas."""
        values = [value for key, value in self.headers if key == name]
        return ",".join(values) if values else None

    def remove(self, name: str) -> None:
        """Drop every header with that name."""
        self.headers = [(key, value) for key, value in self.headers if key != name]


def gateway_answer(status: int, message: str) -> Answer:
    """An answer of API Gateway itself, not of the function."""
    return Answer(status, [("content-type", "application/json")], _compact({"message": message}))


def _compact(document: dict[str, str]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def read_result(result: bytes) -> Answer | None:
    """
    The answer that the function's result describes; None when it is malformed (API Gateway answers 500).

    Source: as observed by AWS's own Lambda Test Tool (aws/aws-lambda-dotnet): what is no object with a `statusCode`
    is the body, whatever it is, JSON or not.
    """
    document = _parse(result)
    if isinstance(document, dict) and "statusCode" in document:
        try:
            return _from_document(document)
        except (TypeError, ValueError, AttributeError, binascii.Error):
            return None
    body = document.encode() if isinstance(document, str) else result
    return Answer(200, [("content-type", "application/json")], body)


def _parse(result: bytes) -> Any:
    try:
        return json.loads(result)
    except ValueError:
        return None


def _from_document(document: dict[str, Any]) -> Answer:
    """
    The answer that a result with `statusCode` spells out.

    Raises:
        ValueError, TypeError, AttributeError: it is not of the documented form.
    """
    status = _status(document["statusCode"])
    body = (document.get("body") or "").encode()
    if document.get("isBase64Encoded"):
        body = base64.b64decode(body, validate=True)
    headers = [_header(name, value) for name, value in (document.get("headers") or {}).items()]
    headers += [_header("set-cookie", cookie) for cookie in document.get("cookies") or []]
    answer = Answer(status, [pair for pair in headers if pair[0] not in HOP_BY_HOP | {"content-length"}], body)
    if answer.get("content-type") is None:
        answer.headers.append(("content-type", "text/plain;charset=UTF-8"))
    return answer


def _status(value: Any) -> int:
    """A whole number, or the digits of one, from 200 to 599."""
    if isinstance(value, float) or not 200 <= int(value) <= 599:
        raise ValueError("not a status")
    return int(value)


def _header(name: str, value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        value = str(value).lower()
    if not isinstance(value, str | int | float) or not _NAME.match(name) or not _VALUE.match(str(value)):
        raise ValueError(f"the header {name!r} cannot be sent")
    return name.lower(), str(value).strip()


def remap_headers(answer: Answer, challenge: bool) -> None:
    """Rename what AWS renames; `challenge` says whether WWW-Authenticate is among it, for which opinions differ."""
    renamed = (*_REMAPPED, _CHALLENGE) if challenge else _REMAPPED
    answer.headers = [(f"x-amzn-remapped-{name}" if name in renamed else name, value) for name, value in answer.headers]
