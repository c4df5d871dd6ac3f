"""
What an HTTP API, a stage, a route or an integration asks for that the front door does not do, or API Gateway refuses.

Source: API Gateway v2 API reference; API Gateway, Create routes for HTTP APIs; local_cloud/COVERAGE.md.
"""

import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from local_cloud.aws.account import gateway
from local_cloud.aws.front_door.limits import lacking_of_integration
from local_cloud.aws.refusals.fields import lacking_field

DONE = {
    "CreateApi", "UpdateApi", "CreateStage", "UpdateStage", "CreateRoute", "UpdateRoute",
    "CreateIntegration", "UpdateIntegration", "TagResource", "UntagResource",
}  # fmt: skip
_HONOURED = {
    "Api": {"name", "protocolType", "description", "version", "tags", "disableExecuteApiEndpoint"},
    "Stage": {
        "stageName", "description", "stageVariables", "tags", "accessLogSettings", "autoDeploy", "defaultRouteSettings"
    },
    "Route": {"routeKey", "target", "operationName"},
    "Integration": {
        "integrationType", "integrationUri", "integrationSubtype", "payloadFormatVersion", "timeoutInMillis",
        "description", "responseParameters", "requestParameters", "credentialsArn", "tlsConfig",
    },
}  # fmt: skip
_NEUTRAL = {
    "Api": {
        "apiKeySelectionExpression": "$request.header.x-api-key",
        "routeSelectionExpression": "$request.method $request.path",
        "ipAddressType": "ipv4",
    },
    "Stage": {},
    "Route": {"authorizationType": "NONE"},
    "Integration": {
        "connectionType": "INTERNET",
        "integrationMethod": "POST",
        "passthroughBehavior": "WHEN_NO_MATCH",
    },
}
_METHODS = "ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT"
_PART, _VARIABLE = r"/[^\s/{}]*", r"[\w.:-]+"
_ROUTE_KEY = re.compile(rf"\$default|({_METHODS}) (?=/)({_PART}|/\{{{_VARIABLE}\}})*(/\{{{_VARIABLE}\+\}})?", re.ASCII)
_ARN = re.compile(r"arn:aws[\w-]*:(logs|firehose):[^:]*:\d+:.+")
_ROUTE_SETTINGS = {"throttlingRateLimit", "throttlingBurstLimit"}
_CAPITAL = re.compile(r"(?<=[a-z])([A-Z])")


def lacking_of_gateway(operation: str, path: str, wanted: Mapping[str, Any]) -> str | None:
    """What this write asks for that is not emulated; None when there is nothing."""
    kind = operation.removeprefix("Create").removeprefix("Update")
    if kind not in _HONOURED:
        return None
    if kind == "Api" and wanted.get("target"):
        return "a quick-create target"
    lacking = lacking_field(wanted, _HONOURED[kind], _NEUTRAL[kind])
    if lacking:
        return lacking
    if kind == "Api" and wanted.get("protocolType", "HTTP") != "HTTP":
        return f"the protocol {wanted['protocolType']!r}"
    if kind == "Stage":
        return _lacking_of_stage(operation, wanted)
    return _lacking_of_integration(operation, path, wanted) if kind == "Integration" else None


def _lacking_of_stage(operation: str, wanted: Mapping[str, Any]) -> str | None:
    if wanted.get("stageName", "$default") != "$default":
        return f"the stage {wanted['stageName']!r}, only $default"
    if not wanted.get("autoDeploy", operation == "UpdateStage"):
        return "a stage without auto-deploy"
    return lacking_field(wanted.get("defaultRouteSettings") or {}, _ROUTE_SETTINGS, {"loggingLevel": "OFF"})


def _lacking_of_integration(operation: str, path: str, wanted: Mapping[str, Any]) -> str | None:
    """An integration as it would be after this write."""
    names = ("integration_type", "integration_uri", "integration_subtype", "payload_format_version")
    proposed: dict[str, Any] = dict.fromkeys((*names, "request_parameters", "credentials_arn", "tls_config"))
    proposed["response_parameters"] = {}
    if operation == "UpdateIntegration":
        _, _, _, api_id, _, integration_id = path.split("/")
        api = gateway().apis.get(api_id)
        held = api.integrations.get(integration_id) if api else None
        proposed |= vars(held) if held else {}
    proposed |= {_CAPITAL.sub(r"_\1", name).lower(): value for name, value in wanted.items()}
    return lacking_of_integration(SimpleNamespace(**proposed)) if _exists(proposed, operation) else None


def _exists(proposed: Mapping[str, Any], operation: str) -> bool:
    """An update of an integration that does not exist is moto's to refuse."""
    return operation == "CreateIntegration" or "id" in proposed


def fault_of_gateway(operation: str, wanted: Mapping[str, Any]) -> str | None:
    """Why API Gateway would not take this key, this log or these mappings; None when it would."""
    if operation == "CreateRoute" or "routeKey" in wanted:
        return _fault_of_key(wanted.get("routeKey") or "")
    log = wanted.get("accessLogSettings") or {}
    if log and not _ARN.fullmatch(log.get("destinationArn") or ""):
        return "accessLogSettings: the destinationArn must be the ARN of a log group or of a Firehose stream"
    wrong = [status for status in wanted.get("responseParameters") or {} if not re.fullmatch("[2-5][0-9]{2}", status)]
    return f"responseParameters: the status {wrong[0]!r} is not within 200 to 599" if wrong else None


def _fault_of_key(key: str) -> str | None:
    if _ROUTE_KEY.fullmatch(key):
        return None
    return f'The route key {key!r} has not the form "METHOD /path" of HTTP APIs, and is not $default'
