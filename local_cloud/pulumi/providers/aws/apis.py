"""HTTP APIs of API Gateway v2."""

from dataclasses import replace

from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.aws.gateway import REGION, SERVICE, TAGS, TAGS_ALL, arn, retag_gateway
from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import NAME, OUTPUT, Property
from local_cloud.pulumi.providers.values import Properties


def _create(aws: AwsClient, inputs: Properties) -> str:
    if inputs["protocolType"] != "HTTP":
        raise ProviderError(f"protocolType: {inputs['protocolType']!r} is not emulated here, only HTTP")
    api = aws.call(
        SERVICE,
        "create_api",
        Name=inputs["name"],
        ProtocolType="HTTP",
        Description=inputs.get("description", ""),
        Tags=inputs.get("tags") or {},
    )
    return str(api["ApiId"])


def _find(aws: AwsClient, inputs: Properties) -> list[Candidate]:
    found = aws.pages(SERVICE, "get_apis", "Items")
    return [Candidate(api["ApiId"], _seconds(api)) for api in found if api["Name"] == inputs["name"]]


def _seconds(api: Properties) -> float | None:
    return api["CreatedDate"].timestamp() if "CreatedDate" in api else None


def _read(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    api = aws.call(SERVICE, "get_api", ApiId=identifier)
    return {
        "id": identifier,
        "apiEndpoint": api["ApiEndpoint"],
        "apiKeySelectionExpression": api.get("ApiKeySelectionExpression", "$request.header.x-api-key"),
        "arn": arn(aws, f"/apis/{identifier}"),
        "description": api.get("Description", ""),
        "disableExecuteApiEndpoint": api.get("DisableExecuteApiEndpoint", False),
        "executionArn": f"arn:aws:execute-api:{aws.region}:{aws.account}:{identifier}",
        "name": api["Name"],
        "protocolType": api["ProtocolType"],
        "region": aws.region,
        "routeSelectionExpression": api.get("RouteSelectionExpression", "$request.method $request.path"),
        "tags": api.get("Tags", {}),
        "tagsAll": api.get("Tags", {}),
    }


def _update(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    description = inputs.get("description", "")
    aws.call(SERVICE, "update_api", ApiId=identifier, Name=inputs["name"], Description=description)
    retag_gateway(aws, arn(aws, f"/apis/{identifier}"), state, inputs)


def _delete(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call(SERVICE, "delete_api", ApiId=identifier)


API = Resource(
    schema={
        "apiEndpoint": OUTPUT,
        "apiKeySelectionExpression": Property("string", refused=True),
        "arn": OUTPUT,
        "description": Property("string", longest=1024),
        "disableExecuteApiEndpoint": Property("boolean", refused=True),
        "executionArn": OUTPUT,
        "name": replace(NAME, shortest=1, longest=128),
        "protocolType": Property("string", required=True, replace=True, values=("HTTP", "WEBSOCKET")),
        "region": REGION,
        "routeSelectionExpression": Property("string", refused=True),
        "tags": TAGS,
        "tagsAll": TAGS_ALL,
    },
    noun="HTTP API",
    title="name",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
)
