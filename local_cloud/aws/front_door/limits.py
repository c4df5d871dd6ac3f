"""
What the gateway turns away or does not do at all.

Source: API Gateway, quotas for HTTP APIs; local_cloud/COVERAGE.md.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request

from local_cloud.aws.front_door.events import Visit
from local_cloud.aws.front_door.mapping import check_mapping

BODY_LIMIT = 10 * 1024 * 1024
HEAD_LIMIT = 10_240
_FUNCTION = re.compile(r"^arn:aws:lambda:[^:]+:[^:]+:function:([A-Za-z0-9_-]+)$")
_INVOKE_ARN = re.compile(r"^arn:aws:apigateway:[^:]+:lambda:path/2015-03-31/functions/(.+)/invocations$")


def head_too_large(visit: Visit) -> bool:
    """Whether request line and headers are over what an HTTP API takes together."""
    line = len(visit.method) + len(visit.path) + len(visit.query) + len(visit.protocol)
    return line + sum(len(name) + len(value) for name, value in visit.headers) > HEAD_LIMIT


async def read_body(request: Request) -> bytes | None:
    """The request's body; None when it is over the limit, and then the rest is read too, so that the client listens."""
    body = bytearray()
    async for chunk in request.stream():
        if len(body) <= BODY_LIMIT:
            body += chunk
    return bytes(body) if len(body) <= BODY_LIMIT else None


def function_name(integration: Any) -> str | None:
    """The function that an integration calls; None for whatever else its URI says."""
    uri = integration.integration_uri or ""
    wrapped = _INVOKE_ARN.match(uri)
    found = _FUNCTION.match(wrapped[1] if wrapped else uri)
    return found[1] if found else None


def lacking_of_integration(integration: Any) -> str | None:
    """What an integration has that the data plane lacks; None when it has all of it."""
    return next(_lacking_of_integration(integration), None)


def _lacking_of_integration(integration: Any) -> Iterator[str]:
    if integration.integration_type != "AWS_PROXY" or integration.integration_subtype:
        yield f"the integration type {integration.integration_subtype or integration.integration_type!r}"
    if integration.payload_format_version != "2.0":
        yield f"the payload format {integration.payload_format_version!r}"
    if function_name(integration) is None:
        yield f"the integration URI {integration.integration_uri!r}, only a function without a version or alias"
    for name in ("request_parameters", "credentials_arn", "tls_config"):
        if getattr(integration, name):
            yield f"{name.replace('_', ' ')} of an integration"
    yield from (lacking for pair in _pairs(integration) if (lacking := check_mapping(*pair)))


def _pairs(integration: Any) -> Iterator[tuple[str, str]]:
    mappings: Mapping[str, Mapping[str, str]] = integration.response_parameters or {}
    for mapping in mappings.values():
        yield from mapping.items()
