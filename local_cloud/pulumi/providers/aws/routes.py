"""Routes of an HTTP API, open to all: the function itself asks for the token."""

from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.aws.gateway import API_ID, REGION, SERVICE, above
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties


def _arguments(inputs: Properties) -> dict[str, str]:
    return {"RouteKey": inputs["routeKey"], "Target": inputs["target"], "AuthorizationType": "NONE"}


def _create(aws: AwsClient, inputs: Properties) -> str:
    return str(aws.call(SERVICE, "create_route", ApiId=inputs["apiId"], **_arguments(inputs))["RouteId"])


def _find(aws: AwsClient, inputs: Properties) -> list[Candidate]:
    found = aws.pages(SERVICE, "get_routes", "Items", ApiId=inputs["apiId"])
    return [Candidate(route["RouteId"]) for route in found if route["RouteKey"] == inputs["routeKey"]]


def _read(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    api, own = above(identifier, given)
    found = aws.call(SERVICE, "get_route", ApiId=api, RouteId=own)
    return {
        "id": own,
        "apiId": api,
        "apiKeyRequired": found.get("ApiKeyRequired", False),
        "authorizationType": found.get("AuthorizationType") or "NONE",
        "region": aws.region,
        "routeKey": found["RouteKey"],
        "target": found.get("Target", ""),
    }


def _update(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    aws.call(SERVICE, "update_route", ApiId=inputs["apiId"], RouteId=identifier, **_arguments(inputs))


def _delete(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call(SERVICE, "delete_route", ApiId=state["apiId"], RouteId=identifier)


ROUTE = Resource(
    schema={
        "apiId": API_ID,
        "apiKeyRequired": Property("boolean", refused=True),
        "authorizationType": Property("string", refused=True),
        "region": REGION,
        "routeKey": Property("string", required=True),
        "target": Property("string", required=True, shortest=1, longest=128),
    },
    noun="route",
    title="routeKey",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
    import_form="apiId/id",
)
