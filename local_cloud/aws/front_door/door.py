"""One HTTP API on its port: route, permission, throttle, function, answer, access log."""

import asyncio
import json
import re
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local_cloud.aws.account import function_statements, http_api
from local_cloud.aws.front_door.access_log import AccessLog
from local_cloud.aws.front_door.answers import (
    Answer,
    check_mapping,
    gateway_answer,
    map_response,
    read_result,
    remap_headers,
)
from local_cloud.aws.front_door.events import Context, make_event
from local_cloud.aws.front_door.permissions import may_invoke
from local_cloud.aws.front_door.routes import Match, choose_route
from local_cloud.aws.front_door.throttle import Throttle
from local_cloud.aws.lambda_runtime import Functions

BODY_LIMIT = 10 * 1024 * 1024
_FUNCTION = re.compile(r":function:([A-Za-z0-9_-]+)")
_BY_KIND = {
    "ok": (502, ""),
    "throttled": (503, "Service Unavailable"),
    "too_large": (413, "Request Entity Too Large"),
}


class Door:
    """
    The ASGI application of one API.

    Does not check: authorizers and CORS, which the program does not use; a route with either is refused by name.
    """

    def __init__(self, api_id: str, api_name: str, functions: Functions, logs: Path) -> None:
        self.api_id = api_id
        self.rename_www_authenticate = True
        self._functions = functions
        self._log = AccessLog(logs, api_name)
        self._throttle: Throttle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        if scope["type"] != "http":
            return
        started = time.monotonic()
        request = Request(scope, receive)
        context = self._context(request)
        facts: dict[str, str] = {}
        answer = await self._answer(request, context, facts)
        answer.headers.append(("apigw-requestid", context.request_id))
        facts["responseLatency"] = str(int((time.monotonic() - started) * 1000))
        self._write_log(context, answer, facts)
        response = Response(answer.body, answer.status)
        response.raw_headers += [(n.encode("latin-1"), v.encode("latin-1")) for n, v in answer.headers]
        await response(scope, receive, send)

    def _context(self, request: Request) -> Context:
        return Context(
            request_id=str(uuid.uuid4()),
            api_id=self.api_id,
            domain=request.headers.get("host", "").rsplit(":", 1)[0],
            route_key="$default",
            method=request.method,
            path=(request.scope.get("raw_path") or b"/").decode("latin-1").split("?")[0],
            protocol=f"HTTP/{request.scope['http_version']}",
            source_ip=request.client.host if request.client else "127.0.0.1",
            user_agent=request.headers.get("user-agent", ""),
        )

    async def _answer(self, request: Request, context: Context, facts: dict[str, str]) -> Answer:
        api = http_api(self.api_id)
        stage = api.stages.get("$default") if api is not None else None
        if api is None or stage is None:
            return gateway_answer(404, "Not Found")
        if not self._admitted(stage.default_route_settings or {}):
            return gateway_answer(429, "Too Many Requests")
        match = choose_route(api.routes.values(), context.method, context.path)
        if match is None:
            return gateway_answer(404, "Not Found")
        facts["routeKey"] = match.route.route_key
        integration = api.integrations.get(match.route.target.removeprefix("integrations/"))
        refused = _refused(match, integration)
        if refused:
            return gateway_answer(501, f"the local HTTP API does not emulate {refused}; see local_cloud/COVERAGE.md")
        body = await _read(request)
        if body is None:
            return gateway_answer(413, "Request Entity Too Large")
        event = make_event(_with_route(context, match.route.route_key), request, body, match.parameters)
        return await self._integrate(integration, event, context, facts)

    def _admitted(self, settings: Mapping[str, Any]) -> bool:
        rate, burst = settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit")
        if rate is None or burst is None:
            return True
        if self._throttle is None or self._throttle.setting != (float(rate), int(burst)):
            self._throttle = Throttle(float(rate), int(burst))
        return self._throttle.admits()

    async def _integrate(
        self, integration: Any, event: dict[str, Any], context: Context, facts: dict[str, str]
    ) -> Answer:
        name = _FUNCTION.search(integration.integration_uri)
        statements = function_statements(name.group(1)) if name else []
        if name is None or not may_invoke(statements, self.api_id, context.method, context.path):
            facts["integrationErrorMessage"] = "The IAM role or resource policy does not allow the invocation"
            return gateway_answer(500, "Internal Server Error")
        started = time.monotonic()
        call = asyncio.ensure_future(self._functions.invoke(name.group(1), json.dumps(event).encode()))
        await asyncio.wait({call}, timeout=integration.timeout_in_millis / 1000)
        facts["integrationLatency"] = str(int((time.monotonic() - started) * 1000))
        if not call.done():  # the function goes on, as on AWS; only the caller stops waiting
            facts["integrationErrorMessage"] = "Endpoint request timed out"
            return gateway_answer(503, "Service Unavailable")
        outcome = call.result()
        answer = read_result(outcome.body) if outcome.kind == "ok" else None
        if answer is None:
            facts["integrationErrorMessage"] = outcome.kind
            status, message = _BY_KIND.get(outcome.kind, (500, "Internal Server Error"))
            return gateway_answer(500, "Internal Server Error") if status == 502 else gateway_answer(status, message)
        return self._finished(answer, integration)

    def _finished(self, answer: Answer, integration: Any) -> Answer:
        mappings = _mappings(integration).get(str(answer.status), {})
        original = Answer(answer.status, list(answer.headers), answer.body)
        if self.rename_www_authenticate:
            remap_headers(original)
        map_response(original, mappings)
        return original

    def _write_log(self, context: Context, answer: Answer, facts: Mapping[str, str]) -> None:
        api = http_api(self.api_id)
        stage = api.stages.get("$default") if api is not None else None
        settings = stage.access_log_settings if stage is not None else None
        if not settings or not settings.get("format"):
            return
        now = datetime.now(UTC)
        known = {
            "requestId": context.request_id,
            "apiId": context.api_id,
            "stage": "$default",
            "httpMethod": context.method,
            "path": context.path,
            "protocol": context.protocol,
            "status": str(answer.status),
            "responseLength": str(len(answer.body)),
            "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "requestTimeEpoch": str(int(now.timestamp() * 1000)),
            "identity.sourceIp": context.source_ip,
            "identity.userAgent": context.user_agent.replace('"', "'"),
            "integrationErrorMessage": "",
        }
        self._log.write(settings["format"], known | dict(facts))


def _with_route(context: Context, route_key: str) -> Context:
    return Context(**{**vars(context), "route_key": route_key})


def _mappings(integration: Any) -> dict[str, dict[str, str]]:
    return integration.response_parameters or {}


def _refused(match: Match, integration: Any | None) -> str | None:
    """What this route or integration has that the data plane lacks; None when it has all of it."""
    if match.route.authorization_type not in (None, "", "NONE"):
        return f"the authorization type {match.route.authorization_type!r}"
    if integration is None:
        return f"a route without an integration ({match.route.route_key})"
    if integration.integration_type != "AWS_PROXY" or integration.integration_subtype:
        return f"the integration type {integration.integration_type!r}"
    if integration.payload_format_version != "2.0":
        return f"the payload format {integration.payload_format_version!r}"
    if integration.request_parameters:
        return "request parameters"
    pairs = [pair for mapping in _mappings(integration).values() for pair in mapping.items()]
    return next((lacking for pair in pairs if (lacking := check_mapping(*pair))), None)


async def _read(request: Request) -> bytes | None:
    """The request's body; None when it is over the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)
