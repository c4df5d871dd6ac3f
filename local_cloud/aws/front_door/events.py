"""
The event that an HTTP API hands to the function: payload format 2.0.

Source: API Gateway, Working with AWS Lambda proxy integrations for HTTP APIs.
"""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from local_cloud.aws.account import ACCOUNT

_TEXT = ("text/", "application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded")


@dataclass(frozen=True)
class Context:
    """Facts about one request that the event, the access log and the answer share."""

    request_id: str
    api_id: str
    domain: str
    route_key: str
    method: str
    path: str
    protocol: str
    source_ip: str
    user_agent: str


def make_event(context: Context, request: Request, body: bytes, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Build the event of one request."""
    now = time.time()
    headers = _headers(request, context)
    cookies = headers.pop("cookie", None)
    query = request.scope["query_string"].decode("latin-1")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": context.route_key,
        "rawPath": context.path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": context.api_id,
            "domainName": context.domain,
            "domainPrefix": context.api_id,
            "http": {
                "method": context.method,
                "path": context.path,
                "protocol": context.protocol,
                "sourceIp": context.source_ip,
                "userAgent": context.user_agent,
            },
            "requestId": context.request_id,
            "routeKey": context.route_key,
            "stage": "$default",
            "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = [part.strip() for part in cookies.split(";")]
    if query:
        event["queryStringParameters"] = _joined(parse_qsl(query, keep_blank_values=True))
    if parameters:
        event["pathParameters"] = dict(parameters)
    return event | _body(body, headers.get("content-type", ""))


def _headers(request: Request, context: Context) -> dict[str, str]:
    given = _joined((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
    return given | {
        "x-forwarded-for": context.source_ip,
        "x-forwarded-port": str(request.url.port or 80),
        "x-forwarded-proto": request.url.scheme,
        "x-amzn-trace-id": f"Root=1-{int(time.time()):x}-{context.request_id.replace('-', '')[:24]}",
    }


def _joined(pairs: Any) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        separator = "; " if name == "cookie" else ","
        joined[name] = f"{joined[name]}{separator}{value}" if name in joined else value
    return joined


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    if not body:
        return {}
    if content_type.startswith(_TEXT) or "+json" in content_type or "charset=" in content_type:
        try:
            return {"body": body.decode()}
        except UnicodeDecodeError:
            pass  # not the text it claims to be: handed over as bytes, as AWS does
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
