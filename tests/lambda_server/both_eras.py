"""Requests as clients of both protocol eras send them, and API Gateway's events around them."""

import json
from typing import Any

import pytest

from tests.lambda_server.okta_in_memory import HOST

LEGACY, MODERN = "2025-11-25", "2026-07-28"
NAMES = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}

both_eras = pytest.mark.parametrize("era", [LEGACY, MODERN])


def message(era: str, method: str, params: dict[str, Any] | None = None, number: int = 7) -> dict[str, Any]:
    """A JSON-RPC request."""
    given = dict(params or {})
    if era == MODERN:
        given["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "0"},
        }
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": given}


def headers(era: str, sent: dict[str, Any], token: str | None = None, **more: str) -> dict[str, str]:
    """The headers that belong to the request."""
    given = {
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": era,
    }
    if token is not None:
        given["authorization"] = f"Bearer {token}"
    if era == MODERN:
        given["mcp-method"] = sent["method"]
        if sent["method"] in NAMES:
            given["mcp-name"] = sent["params"][NAMES[sent["method"]]]
    return given | more


def event(
    method: str, path: str, given: dict[str, str] | None = None, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """An HTTP API event, payload format 2.0."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": HOST, "x-forwarded-proto": "https", "x-forwarded-port": "443"} | (given or {}),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc123",
            "domainName": HOST,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "requestId": "r1",
            "stage": "$default",
            "timeEpoch": 0,
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def call_event(era: str, token: str | None, tool: str, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
    """The event of a tools/call."""
    sent = message(era, "tools/call", {"name": tool, "arguments": arguments or {}})
    return event("POST", "/mcp", headers(era, sent, token), sent)


class LambdaContext:
    """What Lambda hands to a handler, as far as ours looks."""

    aws_request_id = "r1"

    def __init__(self, remaining_ms: int = 29_000) -> None:
        self._remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self) -> int:
        """Always the same."""
        return self._remaining_ms
