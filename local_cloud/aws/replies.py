"""Answers of the control plane's own, in the form that the caller's SDK can read."""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from local_cloud.aws.signature import read_signature

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
_XML = {"s3": "<Error>{}</Error>", "ec2": "<Response><Errors><Error>{}</Error></Errors></Response>"}


@dataclass
class Reply:
    """One HTTP answer of the control plane."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def content_type(self) -> str:
        """The media type, in lower case."""
        return next((value.lower() for name, value in self.headers if name.lower() == "content-type"), "")

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a WSGI request with it."""
        headers = [(name, value) for name, value in self.headers if name.lower() != "content-length"]
        bodiless = self.status in (204, 304)
        length = [] if bodiless else [("Content-Length", str(len(self.body)))]
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", headers + length)
        return [] if bodiless else [self.body]


def json_reply(status: int, document: Any, **headers: str) -> Reply:
    """Answer with a JSON document; header names are given with underscores."""
    extra = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Reply(status, json.dumps(document).encode(), [("Content-Type", "application/json"), *extra])


def refusal(environ: Mapping[str, Any], status: int, code: str, message: str, **more: str) -> Reply:
    """
    Refuse a call, in the caller's protocol: XML for the query protocol, EC2 and S3, JSON for the others.

    Args:
        more: further members of an error in JSON.

    Source: Smithy, AWS protocols: restJson1 and awsJson1 (`__type`, `x-amzn-errortype`), awsQuery, ec2Query, restXml.
    """
    signature = read_signature(environ)
    service = signature.service if signature else ""
    if service in _XML or environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        error = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        body = _XML.get(service, "<ErrorResponse><Error>{}</Error></ErrorResponse>").format(error)
        return Reply(status, body.encode(), [("Content-Type", "text/xml")])
    document = {"__type": code, "message": message, "Message": message, **more}
    return json_reply(status, document, x_amzn_errortype=code)


def read_body(environ: dict[str, Any]) -> bytes:
    """The request's body, of the length that it declares; the edge has seen to it that this is its length."""
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


def peek_body(environ: dict[str, Any]) -> bytes:
    """The request's body, which stays to be read again."""
    body = read_body(environ)
    put_body(environ, body)
    return body


def put_body(environ: dict[str, Any], body: bytes) -> None:
    """Let whoever reads the request's body next find this one."""
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
