"""The call of the function behind a route: permission, waiting, answer."""

import asyncio
import json
import time
from typing import Any

from local_cloud.aws.account import function_statements
from local_cloud.aws.front_door.answers import Answer, gateway_answer, read_result
from local_cloud.aws.front_door.limits import function_name
from local_cloud.aws.front_door.permissions import may_invoke
from local_cloud.aws.lambda_runtime import Functions, Outcome

WAIT_LIMIT_SECONDS = 30
_FAILED = "The Lambda function returned the following error: {}. Check your Lambda function code and try again."
_MALFORMED = "The response from the Lambda function doesn't match the format that API Gateway expects"
_FORBIDDEN = (
    "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration"
)


class Integration:
    """
    Calls functions for one API, and leaves for the access log what AWS would say there.

    Source: API Gateway, Troubleshooting HTTP API Lambda integrations.
    """

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._calls: set[asyncio.Task[Outcome]] = set()

    async def call(self, integration: Any, event: dict[str, Any], source: str, facts: dict[str, str]) -> Answer:
        """The function's answer, or the gateway's where there is none."""
        name = function_name(integration) or ""
        if not may_invoke(function_statements(name), source):
            facts["integrationErrorMessage"] = _FORBIDDEN
            return gateway_answer(500, "Internal Server Error")
        started = time.monotonic()
        outcome = await self._wait(name, json.dumps(event).encode(), integration.timeout_in_millis / 1000)
        facts["integrationLatency"] = str(int((time.monotonic() - started) * 1000))
        if outcome is None:
            facts["integrationErrorMessage"] = "Endpoint request timed out"
            return gateway_answer(503, "Service Unavailable")
        return _answered(outcome, facts)

    async def _wait(self, name: str, payload: bytes, seconds: float) -> Outcome | None:
        """The outcome, or None when it takes too long: then the function goes on, and only the caller leaves."""
        call = asyncio.create_task(self._functions.invoke(name, payload))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        await asyncio.wait({call}, timeout=min(seconds, WAIT_LIMIT_SECONDS))
        return call.result() if call.done() else None


def _answered(outcome: Outcome, facts: dict[str, str]) -> Answer:
    if outcome.kind == "throttled":
        facts["integrationErrorMessage"] = "Rate Exceeded."
        return gateway_answer(503, "Service Unavailable")
    if outcome.kind == "too_large":
        return gateway_answer(413, "Request Entity Too Large")
    facts["integrationStatus"] = "200" if outcome.kind in ("ok", "function_error", "runtime_error") else "404"
    if outcome.kind != "ok":
        facts["integrationErrorMessage"] = _FAILED.format("Unhandled" if outcome.body else "the function is missing")
        return gateway_answer(500, "Internal Server Error")
    answer = read_result(outcome.body)
    if answer is None:
        facts["integrationErrorMessage"] = _MALFORMED
        return gateway_answer(500, "Internal Server Error")
    facts["integration.status"] = str(answer.status)
    return answer
