"""Integrations of an HTTP API: what a route leads to."""

from typing import Any

from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.aws.gateway import API_ID, REGION, SERVICE, above
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties


def _arguments(inputs: Properties) -> dict[str, Any]:
    return {
        "IntegrationType": inputs["integrationType"],
        "IntegrationUri": inputs["integrationUri"],
        "IntegrationMethod": inputs.get("integrationMethod") or "POST",
        "PayloadFormatVersion": inputs["payloadFormatVersion"],
        "TimeoutInMillis": inputs.get("timeoutMilliseconds") or 30000,
        "Description": inputs.get("description", ""),
        "ResponseParameters": _mappings(inputs.get("responseParameters")),
    }


def _mappings(parameters: list[Properties] | None) -> dict[str, dict[str, str]]:
    return {item["statusCode"]: item["mappings"] for item in parameters or []}


def _create(aws: AwsClient, inputs: Properties) -> str:
    arguments = _arguments(inputs)
    return str(aws.call(SERVICE, "create_integration", ApiId=inputs["apiId"], **arguments)["IntegrationId"])


def _find(aws: AwsClient, inputs: Properties) -> list[Candidate]:
    """Those that lead to the same place: an integration has no name."""
    found = aws.pages(SERVICE, "get_integrations", "Items", ApiId=inputs["apiId"])
    return [Candidate(one["IntegrationId"]) for one in found if one["IntegrationUri"] == inputs["integrationUri"]]


def _read(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    api, own = above(identifier, given)
    found = aws.call(SERVICE, "get_integration", ApiId=api, IntegrationId=own)
    mappings = {code: pairs for code, pairs in (found.get("ResponseParameters") or {}).items() if pairs}
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
        "responseParameters": [{"statusCode": code, "mappings": pairs} for code, pairs in sorted(mappings.items())],
        "timeoutMilliseconds": found.get("TimeoutInMillis", 30000),
    }


def _update(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    """A mapping is replaced whole: one that is not named any more must be sent empty to go away."""
    arguments = _arguments({**state, **inputs, "responseParameters": inputs.get("responseParameters")})
    gone = set(_mappings(state.get("responseParameters"))) - set(arguments["ResponseParameters"])
    arguments["ResponseParameters"] |= {code: {} for code in gone}
    aws.call(SERVICE, "update_integration", ApiId=inputs["apiId"], IntegrationId=identifier, **arguments)


def _delete(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call(SERVICE, "delete_integration", ApiId=state["apiId"], IntegrationId=identifier)


_METHODS = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_TYPES = ("AWS", "HTTP", "MOCK", "HTTP_PROXY", "AWS_PROXY")
_PARAMETERS = {"statusCode": Property("string", required=True), "mappings": Property("object", required=True)}

INTEGRATION = Resource(
    schema={
        "apiId": API_ID,
        "connectionType": Property("string", refused=True),
        "description": Property("string"),
        "integrationMethod": Property("string", computed=True, values=_METHODS),
        "integrationType": Property("string", required=True, replace=True, values=_TYPES),
        "integrationUri": Property("string", required=True),
        "payloadFormatVersion": Property("string", default="1.0", values=("1.0", "2.0")),
        "region": REGION,
        "responseParameters": Property("array", fields=_PARAMETERS, unordered=True),
        "timeoutMilliseconds": Property("integer", computed=True),
    },
    noun="integration of",
    title="integrationUri",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
    import_form="apiId/id",
)
