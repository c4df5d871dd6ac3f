"""Stages of an HTTP API."""

from dataclasses import replace
from typing import Any

from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.aws.gateway import (
    API_ID,
    ARN,
    REGION,
    SERVICE,
    TAGS,
    TAGS_ALL,
    above,
    arn,
    renamed,
    renamed_back,
    retag_gateway,
)
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import IMMUTABLE_NAME, OUTPUT, Property
from local_cloud.pulumi.providers.values import Properties

ROUTE_SETTINGS = {
    "detailedMetricsEnabled": "DetailedMetricsEnabled",
    "throttlingBurstLimit": "ThrottlingBurstLimit",
    "throttlingRateLimit": "ThrottlingRateLimit",
}
LOG_SETTINGS = {"destinationArn": "DestinationArn", "format": "Format"}


def _arguments(inputs: Properties) -> dict[str, Any]:
    arguments: dict[str, Any] = {"AutoDeploy": inputs.get("autoDeploy", False)}
    arguments["Description"] = inputs.get("description", "")
    settings = _route_settings(inputs.get("defaultRouteSettings"))
    log = renamed(inputs.get("accessLogSettings"), LOG_SETTINGS)
    optional = {"DefaultRouteSettings": settings, "AccessLogSettings": log}
    return arguments | {name: value for name, value in optional.items() if value}


def _route_settings(given: Properties | None) -> dict[str, Any]:
    """
    All three, where there is a block at all: what it leaves out is sent as zero, and a limit of zero stops all.

    Source: Terraform's AWS provider, aws_apigatewayv2_stage (pulumi-aws, issue 2363).
    """
    if given is None:
        return {}
    return renamed({**dict.fromkeys(ROUTE_SETTINGS, 0), "detailedMetricsEnabled": False, **given}, ROUTE_SETTINGS)


def _create(aws: AwsClient, inputs: Properties) -> str:
    tags = inputs.get("tags") or {}
    where = {"ApiId": inputs["apiId"], "StageName": inputs["name"]}
    aws.call(SERVICE, "create_stage", Tags=tags, **where, **_arguments(inputs))
    return str(inputs["name"])


def _find(aws: AwsClient, inputs: Properties) -> list[Candidate]:
    return [Candidate(inputs["name"])]


def _read(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    api, name = above(identifier, given)
    stage = aws.call(SERVICE, "get_stage", ApiId=api, StageName=name)
    endpoint = aws.call(SERVICE, "get_api", ApiId=api)["ApiEndpoint"]
    return {
        "id": name,
        "accessLogSettings": renamed_back(stage.get("AccessLogSettings"), LOG_SETTINGS),
        "apiId": api,
        "arn": arn(aws, f"/apis/{api}/stages/{name}"),
        "autoDeploy": stage.get("AutoDeploy", False),
        "defaultRouteSettings": renamed_back(stage.get("DefaultRouteSettings"), ROUTE_SETTINGS),
        "description": stage.get("Description", ""),
        "executionArn": f"arn:aws:execute-api:{aws.region}:{aws.account}:{api}/{name}",
        "invokeUrl": f"{endpoint}/" if name == "$default" else f"{endpoint}/{name}",
        "name": name,
        "region": aws.region,
        "tags": stage.get("Tags", {}),
        "tagsAll": stage.get("Tags", {}),
    }


def _update(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    where = {"ApiId": inputs["apiId"], "StageName": identifier}
    if state.get("accessLogSettings") and not inputs.get("accessLogSettings"):
        aws.call(SERVICE, "delete_access_log_settings", **where)
    aws.call(SERVICE, "update_stage", **where, **_arguments(inputs))
    retag_gateway(aws, arn(aws, f"/apis/{inputs['apiId']}/stages/{identifier}"), state, inputs)


def _delete(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call(SERVICE, "delete_stage", ApiId=state["apiId"], StageName=identifier)


_LOG = {"destinationArn": Property("string", required=True, pattern=ARN), "format": Property("string", required=True)}
_ROUTES = {
    "detailedMetricsEnabled": Property("boolean"),
    "throttlingBurstLimit": Property("integer"),
    "throttlingRateLimit": Property("number"),
}

STAGE = Resource(
    schema={
        "accessLogSettings": Property("object", fields=_LOG),
        "apiId": API_ID,
        "arn": OUTPUT,
        "autoDeploy": Property("boolean"),
        "defaultRouteSettings": Property("object", fields=_ROUTES, computed=True),
        "description": Property("string", longest=1024),
        "executionArn": OUTPUT,
        "invokeUrl": OUTPUT,
        "name": replace(IMMUTABLE_NAME, shortest=1, longest=128),
        "region": REGION,
        "tags": TAGS,
        "tagsAll": TAGS_ALL,
    },
    noun="stage",
    title="name",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
    import_form="apiId/id",
)
