"""
From the function's result to the HTTP answer: payload format 2.0 and response parameter mapping.

Source: API Gateway, Lambda proxy integrations for HTTP APIs; Transforming API requests and responses.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_REMAPPED = ("www-authenticate", "server", "date", "connection")
_ACTION = re.compile(r"^(overwrite|append|remove):(header\.([A-Za-z0-9-]+)|statuscode)$")
_SOURCE = re.compile(r"^\$response\.header\.([A-Za-z0-9-]+)$")


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
    return Answer(status, [("content-type", "application/json")], json.dumps({"message": message}).encode())


def read_result(result: bytes) -> Answer | None:
    """The answer that the function's result describes; None when it describes none (API Gateway answers 500)."""
    try:
        document = json.loads(result)
    except ValueError:
        return None
    if not isinstance(document, dict) or "statusCode" not in document:
        text = result if isinstance(document, dict | list) else str(document).encode()
        return Answer(200, [("content-type", "application/json")], text)
    try:
        return _from_document(document)
    except (TypeError, ValueError, AttributeError, binascii.Error):
        return None


def _from_document(document: dict[str, Any]) -> Answer:
    body = (document.get("body") or "").encode()
    if document.get("isBase64Encoded"):
        body = base64.b64decode(body, validate=True)
    headers = [(name.lower(), str(value)) for name, value in (document.get("headers") or {}).items()]
    headers += [("set-cookie", cookie) for cookie in document.get("cookies") or []]
    status = int(document["statusCode"])
    if not 100 <= status <= 599:
        raise ValueError("status out of range")
    answer = Answer(status, headers, body)
    if answer.get("content-type") is None:
        answer.headers.append(("content-type", "application/json"))
    return answer


def remap_headers(answer: Answer) -> None:
    """Rename what AWS renames; by the one first-hand report there is, HTTP APIs do so with WWW-Authenticate too."""
    answer.headers = [
        (f"x-amzn-remapped-{name}" if name in _REMAPPED else name, value) for name, value in answer.headers
    ]


def map_response(answer: Answer, mappings: Mapping[str, str]) -> None:
    """Apply the integration's response parameters for this status, each read from the function's own answer."""
    original = Answer(answer.status, list(answer.headers))
    for action, source in mappings.items():
        _apply(answer, original, action, source)


def check_mapping(action: str, source: str) -> str | None:
    """What the data plane lacks of this mapping; None when it has all of it."""
    if not _ACTION.match(action) or ("$" in source and not _SOURCE.match(source)):
        return f"the response parameter {action!r} = {source!r}"
    return None


def _apply(answer: Answer, original: Answer, action: str, source: str) -> None:
    parsed = _ACTION.match(action)
    assert parsed, "checked when the request began"
    verb, target, name = parsed.groups()
    reference = _SOURCE.match(source)
    value = original.get(reference.group(1).lower()) if reference else source
    if target == "statuscode":
        answer.status = int(value or answer.status)
        return
    if verb == "remove" or (verb == "overwrite" and value is not None):
        answer.remove(name.lower())
    if verb != "remove" and value is not None:
        answer.headers.append((name.lower(), value))
