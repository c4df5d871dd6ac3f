"""Invoke of the Lambda API: the same environments that the front door uses, reached by the SDK."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from local_cloud.aws.account import Reference, function_arn, read_reference
from local_cloud.aws.lambda_runtime import Outcome
from local_cloud.aws.lambda_runtime.functions import REQUEST_LIMIT
from local_cloud.aws.replies import Reply, read_body, refusal

_ERRORS = {
    "missing": (404, "ResourceNotFoundException", "Function not found: {name}"),
    "throttled": (429, "TooManyRequestsException", "Rate Exceeded."),
    "too_large": (413, "RequestTooLargeException", "Request must be smaller than 6291456 bytes"),
}
# Source: AWS Lambda API reference, Invoke: ClientContext, "up to 3,583 bytes of base64-encoded data".
_CONTEXT_LIMIT = 3583
_CONTEXT_FAULT = "Client context must be a valid Base64-encoded JSON object."
_MORE = {"throttled": {"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded", "Type": "User"}}


def invoke_function(environ: dict[str, Any], text: str, run: Callable[[str, bytes, str | None], Outcome]) -> Reply:
    """
    Run the function and answer with its result.

    Source: AWS Lambda API reference, Invoke.
    """
    reference = read_reference(text)
    if reference is None:
        return refusal(environ, 400, "ValidationException", f"{text[:200]!r} is not a function name or ARN")
    lacking, name = _lacking(environ, reference), reference.name
    if lacking:
        return refusal(environ, 501, "NotEmulated", f"the local AWS does not emulate {lacking} of Invoke")
    payload, given = read_body(environ) or b"{}", environ.get("HTTP_X_AMZ_CLIENT_CONTEXT", "")
    context = _read_client_context(given) if given else None
    wrong = _payload_fault(payload) or (_CONTEXT_FAULT if given and context is None else None)
    if wrong:
        return refusal(environ, 400, "InvalidRequestContentException", wrong, Type="User")
    return _answer(environ, name, run(name, payload, context))


def _answer(environ: dict[str, Any], name: str, outcome: Outcome) -> Reply:
    if outcome.kind in _ERRORS:
        status, code, text = _ERRORS[outcome.kind]
        return refusal(environ, status, code, text.format(name=function_arn(name)), **_MORE.get(outcome.kind, {}))
    headers = [("Content-Type", "application/json"), ("X-Amz-Executed-Version", "$LATEST")]
    if outcome.kind != "ok":
        headers.append(("X-Amz-Function-Error", "Unhandled"))
    if environ.get("HTTP_X_AMZ_LOG_TYPE") == "Tail":
        headers.append(("X-Amz-Log-Result", base64.b64encode(outcome.tail).decode()))
    return Reply(200, outcome.body, headers)


def _payload_fault(payload: bytes) -> str | None:
    """What is too large is not read: that it is too large comes first."""
    try:
        if len(payload) < REQUEST_LIMIT:
            json.loads(payload, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        return f"Could not parse request body into json: {error}"
    return None


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


def _read_client_context(given: str) -> str | None:
    """The JSON on one line, for a header; None when it is no JSON object in base64, or too long."""
    try:
        context = json.loads(base64.b64decode(given, validate=True))
    except (ValueError, RecursionError):
        return None
    return json.dumps(context) if isinstance(context, dict) and len(given) <= _CONTEXT_LIMIT else None


def _lacking(environ: dict[str, Any], reference: Reference) -> str | None:
    qualifiers = {reference.qualifier, *parse_qs(environ.get("QUERY_STRING", "")).get("Qualifier", [])}
    if qualifiers - {None, "$LATEST"}:
        return "versions and aliases"
    if not reference.is_here:
        return "functions of another account or region"
    kind = environ.get("HTTP_X_AMZ_INVOCATION_TYPE", "RequestResponse")
    if kind != "RequestResponse":
        return f"the invocation type {kind!r}"
    log = environ.get("HTTP_X_AMZ_LOG_TYPE", "None")
    return None if log in ("None", "Tail") else f"the log type {log!r}"
