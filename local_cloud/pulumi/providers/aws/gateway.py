"""API Gateway HTTP APIs: API, stage, integration, route."""

from typing import Any

from local_cloud.pulumi.providers.aws.client import AwsClient, tagging
from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.resource import Resource
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties

_SERVICE = "apigatewayv2"


def _account(aws: AwsClient) -> str:
    return aws.call("sts", "get_caller_identity")["Account"]


def _arn(aws: AwsClient, path: str) -> str:
    return f"arn:aws:apigateway:{aws.region}::{path}"


def _retag(aws: AwsClient, arn: str, state: Properties, inputs: Properties) -> None:
    tagging(
        inputs,
        lambda tags: aws.call(_SERVICE, "tag_resource", ResourceArn=arn, Tags=tags),
        lambda names: aws.call(_SERVICE, "untag_resource", ResourceArn=arn, TagKeys=names),
        state.get("tags"),
    )


def _create_api(aws: AwsClient, inputs: Properties) -> str:
    if inputs["protocolType"] != "HTTP":
        raise ProviderError(f"the protocol type {inputs['protocolType']!r} is not emulated here, only HTTP")
    return aws.call(
        _SERVICE,
        "create_api",
        Name=inputs["name"],
        ProtocolType="HTTP",
        Description=inputs.get("description", ""),
        Tags=inputs.get("tags") or {},
    )["ApiId"]


def _read_api(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    api = aws.call(_SERVICE, "get_api", ApiId=identifier)
    return {
        "id": identifier,
        "apiEndpoint": api["ApiEndpoint"],
        "apiKeySelectionExpression": api.get("ApiKeySelectionExpression", "$request.header.x-api-key"),
        "arn": _arn(aws, f"/apis/{identifier}"),
        "description": api.get("Description", ""),
        "disableExecuteApiEndpoint": api.get("DisableExecuteApiEndpoint", False),
        "executionArn": f"arn:aws:execute-api:{aws.region}:{_account(aws)}:{identifier}",
        "name": api["Name"],
        "protocolType": api["ProtocolType"],
        "region": aws.region,
        "routeSelectionExpression": api.get("RouteSelectionExpression", "$request.method $request.path"),
        "tags": api.get("Tags", {}),
        "tagsAll": api.get("Tags", {}),
    }


def _update_api(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    description = inputs.get("description", "")
    aws.call(_SERVICE, "update_api", ApiId=identifier, Name=inputs["name"], Description=description)
    _retag(aws, _arn(aws, f"/apis/{identifier}"), state, inputs)


def _delete_api(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call(_SERVICE, "delete_api", ApiId=identifier)


API = Resource(
    schema={
        "apiEndpoint": Property("string", output=True),
        "apiKeySelectionExpression": Property("string", output=True),
        "arn": Property("string", output=True),
        "description": Property("string"),
        "disableExecuteApiEndpoint": Property("boolean", output=True),
        "executionArn": Property("string", output=True),
        "name": Property("string", required=True),
        "protocolType": Property("string", required=True, replace=True),
        "region": Property("string", output=True),
        "routeSelectionExpression": Property("string", output=True),
        "tags": Property("object"),
        "tagsAll": Property("object", output=True),
    },
    create=_create_api,
    read=_read_api,
    update=_update_api,
    delete=_delete_api,
)

_ROUTE_SETTINGS = {
    "detailedMetricsEnabled": "DetailedMetricsEnabled",
    "throttlingBurstLimit": "ThrottlingBurstLimit",
    "throttlingRateLimit": "ThrottlingRateLimit",
}
_LOG_SETTINGS = {"destinationArn": "DestinationArn", "format": "Format"}


def _renamed(values: Properties | None, names: dict[str, str], what: str) -> dict[str, Any]:
    unknown = sorted(set(values or {}) - set(names) - {"__defaults"})
    if unknown:
        raise ProviderError(f"{what}: {', '.join(unknown)} is not emulated here")
    return {names[name]: value for name, value in (values or {}).items() if name in names}


def _back(values: dict[str, Any] | None, names: dict[str, str]) -> Properties:
    return {ours: values[theirs] for ours, theirs in names.items() if theirs in (values or {})} if values else {}


def _stage_arguments(inputs: Properties) -> dict[str, Any]:
    arguments: dict[str, Any] = {"AutoDeploy": inputs["autoDeploy"], "Description": inputs.get("description", "")}
    settings = _renamed(inputs.get("defaultRouteSettings"), _ROUTE_SETTINGS, "defaultRouteSettings")
    if settings:
        arguments["DefaultRouteSettings"] = settings
    log = _renamed(inputs.get("accessLogSettings"), _LOG_SETTINGS, "accessLogSettings")
    return arguments | ({"AccessLogSettings": log} if log else {})


def _create_stage(aws: AwsClient, inputs: Properties) -> str:
    arguments = _stage_arguments(inputs)
    aws.call(
        _SERVICE,
        "create_stage",
        ApiId=inputs["apiId"],
        StageName=inputs["name"],
        Tags=inputs.get("tags") or {},
        **arguments,
    )
    return inputs["name"]


def _read_stage(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    api, name = _above(identifier, given, "apiId")
    stage = aws.call(_SERVICE, "get_stage", ApiId=api, StageName=name)
    return {
        "id": name,
        "accessLogSettings": _back(stage.get("AccessLogSettings"), _LOG_SETTINGS),
        "apiId": api,
        "arn": _arn(aws, f"/apis/{api}/stages/{name}"),
        "autoDeploy": stage.get("AutoDeploy", False),
        "defaultRouteSettings": _back(stage.get("DefaultRouteSettings"), _ROUTE_SETTINGS),
        "description": stage.get("Description", ""),
        "executionArn": f"arn:aws:execute-api:{aws.region}:{_account(aws)}:{api}/{name}",
        "invokeUrl": given.get("invokeUrl", ""),
        "name": name,
        "region": aws.region,
        "tags": stage.get("Tags", {}),
        "tagsAll": stage.get("Tags", {}),
    }


def _above(identifier: str, given: Properties, name: str) -> tuple[str, str]:
    """The API and the object's own id; an import names them as `api/object`."""
    if name in given:
        return given[name], identifier
    above, _, own = identifier.partition("/")
    return above, own


def _update_stage(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    arguments = _stage_arguments(inputs)
    aws.call(_SERVICE, "update_stage", ApiId=inputs["apiId"], StageName=identifier, **arguments)
    _retag(aws, _arn(aws, f"/apis/{inputs['apiId']}/stages/{identifier}"), state, inputs)


def _delete_stage(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call(_SERVICE, "delete_stage", ApiId=state["apiId"], StageName=identifier)


STAGE = Resource(
    schema={
        "accessLogSettings": Property("object"),
        "apiId": Property("string", required=True, replace=True),
        "arn": Property("string", output=True),
        "autoDeploy": Property("boolean", default=False),
        "defaultRouteSettings": Property("object"),
        "description": Property("string"),
        "executionArn": Property("string", output=True),
        "invokeUrl": Property("string", output=True),
        "name": Property("string", required=True, replace=True),
        "region": Property("string", output=True),
        "tags": Property("object"),
        "tagsAll": Property("object", output=True),
    },
    create=_create_stage,
    read=_read_stage,
    update=_update_stage,
    delete=_delete_stage,
)


def _integration_arguments(inputs: Properties) -> dict[str, Any]:
    return {
        "IntegrationType": inputs["integrationType"],
        "IntegrationUri": inputs["integrationUri"],
        "IntegrationMethod": inputs["integrationMethod"],
        "PayloadFormatVersion": inputs["payloadFormatVersion"],
        "TimeoutInMillis": inputs["timeoutMilliseconds"],
        "Description": inputs.get("description", ""),
        "ResponseParameters": {item["statusCode"]: item["mappings"] for item in inputs.get("responseParameters") or []},
    }


def _create_integration(aws: AwsClient, inputs: Properties) -> str:
    arguments = _integration_arguments(inputs)
    return aws.call(_SERVICE, "create_integration", ApiId=inputs["apiId"], **arguments)["IntegrationId"]


def _read_integration(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    api, own = _above(identifier, given, "apiId")
    found = aws.call(_SERVICE, "get_integration", ApiId=api, IntegrationId=own)
    mappings = found.get("ResponseParameters") or {}
    return {
        "id": own,
        "apiId": api,
        "connectionType": found.get("ConnectionType") or "INTERNET",
        "description": found.get("Description") or "",
        "integrationMethod": found.get("IntegrationMethod", "POST"),
        "integrationType": found["IntegrationType"],
        "integrationUri": found["IntegrationUri"],
        "payloadFormatVersion": found.get("PayloadFormatVersion", "1.0"),
        "region": aws.region,
        "responseParameters": [{"statusCode": code, "mappings": mappings[code]} for code in sorted(mappings)],
        "timeoutMilliseconds": found.get("TimeoutInMillis", 30000),
    }


def _update_integration(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    arguments = _integration_arguments(inputs)
    aws.call(_SERVICE, "update_integration", ApiId=inputs["apiId"], IntegrationId=identifier, **arguments)


def _delete_integration(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call(_SERVICE, "delete_integration", ApiId=state["apiId"], IntegrationId=identifier)


INTEGRATION = Resource(
    schema={
        "apiId": Property("string", required=True, replace=True),
        "connectionType": Property("string", output=True),
        "description": Property("string"),
        "integrationMethod": Property("string", default="POST"),
        "integrationType": Property("string", required=True, replace=True),
        "integrationUri": Property("string", required=True),
        "payloadFormatVersion": Property("string", default="1.0"),
        "region": Property("string", output=True),
        "responseParameters": Property("array"),
        "timeoutMilliseconds": Property("integer", default=30000),
    },
    create=_create_integration,
    read=_read_integration,
    update=_update_integration,
    delete=_delete_integration,
)


def _route_arguments(inputs: Properties) -> dict[str, Any]:
    return {"RouteKey": inputs["routeKey"], "Target": inputs["target"], "AuthorizationType": "NONE"}


def _create_route(aws: AwsClient, inputs: Properties) -> str:
    return aws.call(_SERVICE, "create_route", ApiId=inputs["apiId"], **_route_arguments(inputs))["RouteId"]


def _read_route(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    api, own = _above(identifier, given, "apiId")
    found = aws.call(_SERVICE, "get_route", ApiId=api, RouteId=own)
    return {
        "id": own,
        "apiId": api,
        "apiKeyRequired": found.get("ApiKeyRequired", False),
        "authorizationType": found.get("AuthorizationType") or "NONE",
        "region": aws.region,
        "routeKey": found["RouteKey"],
        "target": found["Target"],
    }


def _update_route(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    aws.call(_SERVICE, "update_route", ApiId=inputs["apiId"], RouteId=identifier, **_route_arguments(inputs))


def _delete_route(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call(_SERVICE, "delete_route", ApiId=state["apiId"], RouteId=identifier)


ROUTE = Resource(
    schema={
        "apiId": Property("string", required=True, replace=True),
        "apiKeyRequired": Property("boolean", output=True),
        "authorizationType": Property("string", output=True),
        "region": Property("string", output=True),
        "routeKey": Property("string", required=True),
        "target": Property("string", required=True),
    },
    create=_create_route,
    read=_read_route,
    update=_update_route,
    delete=_delete_route,
)
