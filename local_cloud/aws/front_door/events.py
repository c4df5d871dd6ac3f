"""
The event that an HTTP API hands to the function: payload format 2.0.

Source: API Gateway, Working with AWS Lambda proxy integrations for HTTP APIs.
"""

import base64
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl, unquote

from local_cloud.aws.account import ACCOUNT

# Neither a form nor JSON of another name is text to an HTTP API: it arrives in base64 (first-hand reports).
_TEXT = {"application/json", "application/javascript", "application/xml"}
# Source: RFC 9110 §7.6.1. They end at the gateway, as `content-length` does, which is set anew.
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "expect"}
)


@dataclass(frozen=True)
class Visit:
    """One request as the gateway sees it; `path` is as it was sent, `query` without its question mark."""

    request_id: str
    api_id: str
    method: str
    path: str
    decoded_path: str
    query: str
    protocol: str
    domain: str
    port: int
    source_ip: str
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str:
        """The values of a header, joined; empty when it was not sent."""
        return ",".join(value for key, value in self.headers if key == name)


def make_event(
    visit: Visit,
    route_key: str,
    parameters: Mapping[str, str],
    body: bytes,
    stage_variables: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Build the event of one request; a part that is empty is left out."""
    optional = {
        "cookies": _cookies(visit),
        "queryStringParameters": _joined(parse_qsl(visit.query, keep_blank_values=True)),
        "pathParameters": {name: unquote(value) for name, value in parameters.items()},
        "stageVariables": dict(stage_variables or {}),
    }
    return {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": visit.decoded_path,
        "rawQueryString": visit.query,
        "headers": _headers(visit, len(body)),
        "requestContext": _request_context(visit, route_key),
        "isBase64Encoded": False,
        **{name: value for name, value in optional.items() if value},
        **_body(body, visit.header("content-type").lower()),
    }


def _request_context(visit: Visit, route_key: str) -> dict[str, Any]:
    now = time.time()
    return {
        "accountId": ACCOUNT,
        "apiId": visit.api_id,
        "domainName": visit.domain,
        "domainPrefix": visit.api_id,
        "http": {
            "method": visit.method,
            "path": visit.decoded_path,
            "protocol": visit.protocol,
            "sourceIp": visit.source_ip,
            "userAgent": visit.header("user-agent"),
        },
        "requestId": visit.request_id,
        "routeKey": route_key,
        "stage": "$default",
        "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now * 1000),
    }


def _headers(visit: Visit, length: int) -> dict[str, str]:
    kept = [pair for pair in visit.headers if pair[0] not in HOP_BY_HOP | {"cookie", "content-length"}]
    forwarded = [("x-forwarded-for", visit.source_ip)]
    if visit.header("content-length") == "0" and not visit.header("content-type"):
        kept.append(("content-type", "text/plain; charset=utf-8"))  # API Gateway, Important notes for HTTP APIs
    return _joined(kept + forwarded) | {
        "content-length": str(length),
        "x-forwarded-port": str(visit.port),
        "x-forwarded-proto": "http",
        "x-amzn-trace-id": f"Root=1-{int(time.time()):x}-{token_hex(12)}",
    }


def _cookies(visit: Visit) -> list[str]:
    sent = [part.strip() for name, value in visit.headers if name == "cookie" for part in value.split(";")]
    return [cookie for cookie in sent if cookie]


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    if not body:
        return {}
    media_type = content_type.partition(";")[0].strip()
    if media_type.startswith("text/") or media_type in _TEXT:
        try:
            return {"body": body.decode()}
        except UnicodeDecodeError:
            pass  # not the text it claims to be: handed over as bytes
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
