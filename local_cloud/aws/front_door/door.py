"""One HTTP API on its port: route, throttle, limits, function, answer, access log."""

import base64
import os
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local_cloud.aws.account import http_api
from local_cloud.aws.front_door.access_log import AccessLog, facts_of
from local_cloud.aws.front_door.answers import Answer, gateway_answer, remap_headers
from local_cloud.aws.front_door.events import Visit, make_event
from local_cloud.aws.front_door.integration import Integration
from local_cloud.aws.front_door.limits import head_too_large, read_body
from local_cloud.aws.front_door.mapping import map_response
from local_cloud.aws.front_door.permissions import source_arn
from local_cloud.aws.front_door.routes import choose_route
from local_cloud.aws.front_door.throttle import Throttle
from local_cloud.aws.lambda_runtime import Functions


class Door:
    """
    The ASGI application of one API.

    Does not do: authorizers, CORS, other stages and integrations; each is refused when it is asked for.
    """

    def __init__(self, api_id: str, functions: Functions, access_log: AccessLog, renames: Callable[[], bool]) -> None:
        self._api_id = api_id
        self._renames = renames
        self._integration = Integration(functions)
        self._access_log = access_log
        self._throttle: Throttle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        started, facts = time.monotonic(), dict[str, str]()
        visit = _visit(scope, self._api_id)
        try:
            answer = await self._answer(Request(scope, receive), visit, facts)
        except ClientDisconnect:
            return
        answer.headers.append(("apigw-requestid", visit.request_id))
        facts["responseLatency"] = str(int((time.monotonic() - started) * 1000))
        self._write_log(visit, answer, facts)
        response = Response(b"" if answer.status in (204, 304) else answer.body, answer.status)
        response.raw_headers += [(n.encode("latin-1"), v.encode("latin-1")) for n, v in answer.headers]
        await response(scope, receive, send)

    async def _answer(self, request: Request, visit: Visit, facts: dict[str, str]) -> Answer:
        if head_too_large(visit):
            return gateway_answer(431, "Request Header Fields Too Large")
        api = http_api(self._api_id)
        if api is None or api.disable_execute_api_endpoint or "$default" not in api.stages:
            return gateway_answer(404, "Not Found")
        return await self._routed(request, visit, facts, api, api.stages["$default"])

    async def _routed(self, request: Request, visit: Visit, facts: dict[str, str], api: Any, stage: Any) -> Answer:
        match = choose_route(list(api.routes.values()), visit.method, visit.path)
        if match is None:
            return gateway_answer(404, "Not Found")
        route_key = facts["routeKey"] = match.route.route_key
        integration = api.integrations.get((match.route.target or "").removeprefix("integrations/"))
        if integration is None:
            return _refusal(f"a route without an integration ({route_key})")
        if not self._admitted(stage.default_route_settings or {}):
            return gateway_answer(429, "Too Many Requests")
        body = await read_body(request)
        if body is None:
            return gateway_answer(413, "Request Entity Too Large")
        event = make_event(visit, route_key, match.parameters, body, stage.stage_variables)
        source = source_arn(self._api_id, route_key, visit.method)
        answer = await self._integration.call(integration, event, source, facts)
        return self._finished(answer, integration, facts)

    def _finished(self, answer: Answer, integration: Any, facts: dict[str, str]) -> Answer:
        """Rename and map the headers of an answer that is the function's own."""
        if "integration.status" in facts:
            mappings = (integration.response_parameters or {}).get(str(answer.status), {})
            remap_headers(answer, self._renames())
            map_response(answer, mappings)
        return answer

    def _admitted(self, settings: dict[str, Any]) -> bool:
        rate, burst = settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit")
        if rate is None or burst is None:
            return True
        if self._throttle is None or self._throttle.setting != (float(rate), int(burst)):
            self._throttle = Throttle(float(rate), int(burst))
        return self._throttle.admits()

    def _write_log(self, visit: Visit, answer: Answer, facts: dict[str, str]) -> None:
        api = http_api(self._api_id)
        stage = api.stages.get("$default") if api else None
        settings = (stage.access_log_settings if stage else None) or {}
        if api and settings.get("format"):
            self._access_log.write(api.name, settings, facts_of(visit, answer) | facts)


def _refusal(lacking: str) -> Answer:
    return gateway_answer(501, f"the local HTTP API does not emulate {lacking}; see local_cloud/COVERAGE.md")


def _visit(scope: Scope, api_id: str) -> Visit:
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"])
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
    host = next((value for name, value in headers if name == "host"), "")
    return Visit(
        request_id=base64.urlsafe_b64encode(os.urandom(11)).decode(),  # as AWS's look
        api_id=api_id,
        method=scope["method"],
        path=path,
        decoded_path=unquote(path).partition("?")[0],  # as on AWS, which decodes and then cuts at a question mark
        query=scope["query_string"].decode("latin-1"),
        protocol=f"HTTP/{scope['http_version']}",
        domain=host.rpartition(":")[0] or host,
        port=scope["server"][1] if scope.get("server") else 80,
        source_ip=scope["client"][0] if scope.get("client") else "127.0.0.1",
        headers=headers,
    )
