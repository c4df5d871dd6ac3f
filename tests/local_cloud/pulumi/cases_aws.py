"""One object of each type of the AWS plugin. Source of the ids of imports: pulumi_aws, the docstring of each type."""

import json
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.errors import Gone
from local_cloud.pulumi.providers.values import ARCHIVE, SIGNATURE
from tests.local_cloud.pulumi.cases import Case, fresh, on
from tests.local_cloud.pulumi.worlds import Above, World

Properties = dict[str, Any]
API = "aws:apigatewayv2/api:Api"
STAGE = "aws:apigatewayv2/stage:Stage"
INTEGRATION = "aws:apigatewayv2/integration:Integration"
ROUTE = "aws:apigatewayv2/route:Route"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
TABLE = "aws:dynamodb/table:Table"
GATEWAY = "apigatewayv2"
ZIP = b"PK\x05\x06" + bytes(18)  # the empty zip
TAGS = {"mcp-okta:environment": "dev"}
_ASSUME = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [_ASSUME]})
WRITE = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}]}'


def archive(content: bytes) -> dict[str, str]:
    """A file archive as the engine sends it."""
    path = Path(mkdtemp()) / "code.zip"
    path.write_bytes(content)
    return {SIGNATURE: ARCHIVE, "path": str(path), "hash": str(len(content))}


def populate(world: World) -> None:
    """What the objects stand on."""
    above = world.above
    above["api"] = above["latest"] = on(world, API, {"name": fresh("api"), "protocolType": "HTTP"})
    above["role"] = on(world, ROLE, {"name": fresh("role"), "assumeRolePolicy": TRUST})
    above["function"] = on(world, FUNCTION, function(world))
    above["integration"] = on(world, INTEGRATION, integration(world))


def integration(world: World) -> Properties:
    """An integration of the API."""
    return {
        **api_id(world),
        "integrationType": "AWS_PROXY",
        "integrationUri": f"arn:aws:lambda:us-east-1:1:function:{fresh('f')}",
        "payloadFormatVersion": "2.0",
        "timeoutMilliseconds": 30000,
        "responseParameters": [{"statusCode": "401", "mappings": {"overwrite:header.a": "$response.header.b"}}],
    }


def function(world: World) -> Properties:
    """A function of an empty zip."""
    return {
        "name": fresh("function"),
        "role": world.above["role"]["arn"],
        "runtime": "python3.13",
        "handler": "lambda_server.handler.handler",
        "code": archive(ZIP),
        "memorySize": 1024,
        "timeout": 29,
        "reservedConcurrentExecutions": 5,
        "environment": {"variables": {"MCP_URL": "https://a/mcp"}},
        "tags": TAGS,
    }


def target(world: World) -> str:
    """What a route leads to."""
    return f"integrations/{world.above['integration']['id']}"


def _latest_api(world: World) -> str:
    """A new API: one has a single stage of the name."""
    world.above["latest"] = on(world, API, {"name": fresh("api"), "protocolType": "HTTP"})
    return str(world.above["latest"]["id"])


def api_id(world: World) -> Properties:
    """The API that the object belongs to."""
    return {"apiId": world.above["api"]["id"]}


def below_api(operation: str, key: str) -> Any:
    """The ids of the objects of one kind below the API."""

    def listing(aws: AwsClient, above: Above) -> list[str]:
        found = aws.call(GATEWAY, operation, ApiId=above["api"]["id"], MaxResults="500")
        return [one[key] for one in found["Items"]]

    return listing


def listed(service: str, operation: str, items: str, key: str) -> Any:
    """The ids in a list of the whole account."""

    def listing(aws: AwsClient, above: Above) -> list[str]:
        return [one[key] if key else one for one in aws.call(service, operation)[items]]

    return listing


def _stages(aws: AwsClient, above: Above) -> list[str]:
    """Those of the API that was made last; the others are those of other tests."""
    api = above["latest"]["id"]
    return [f"{api}/{stage['StageName']}" for stage in aws.call(GATEWAY, "get_stages", ApiId=api)["Items"]]


def _statements(aws: AwsClient, above: Above) -> list[str]:
    try:
        policy = aws.call("lambda", "get_policy", FunctionName=above["function"]["name"])["Policy"]
    except Gone:  # no policy at all is how AWS says that there is no statement
        return []
    return [one["Sid"] for one in json.loads(policy)["Statement"]]


def _forbidden(aws: AwsClient, identifier: str, state: Properties) -> list[str]:
    """A permission cannot be changed, only taken away."""
    aws.call("lambda", "remove_permission", FunctionName=state["function"], StatementId=identifier)
    return []


def _role_policies(aws: AwsClient, above: Above) -> list[str]:
    role = above["role"]["name"]
    return [f"{role}:{name}" for name in aws.call("iam", "list_role_policies", RoleName=role)["PolicyNames"]]


def drifts(service: str, operation: str, names: dict[str, str], changed: str, **change: Any) -> Any:
    """Somebody calls an operation on the object; `names`: argument → property of the state."""

    def drift(aws: AwsClient, identifier: str, state: Properties) -> list[str]:
        where = {argument: {**state, "id": identifier}[name] for argument, name in names.items()}
        aws.call(service, operation, **where, **change)
        return [changed]

    return drift


def table(world: World) -> Properties:
    """A table with all that a tool's author may want."""
    return {
        "name": fresh("table"),
        "attributes": [{"name": "sk", "type": "S"}, {"name": "pk", "type": "S"}, {"name": "n", "type": "N"}],
        "hashKey": "pk",
        "rangeKey": "sk",
        "billingMode": "PAY_PER_REQUEST",
        "globalSecondaryIndexes": [{"name": "by-n", "hashKey": "n", "projectionType": "ALL"}],
        "localSecondaryIndexes": [{"name": "own", "rangeKey": "n", "projectionType": "KEYS_ONLY"}],
        "pointInTimeRecovery": {"enabled": True},
        "ttl": {"attributeName": "expires", "enabled": True},
        "serverSideEncryption": {"enabled": True},
        "tags": TAGS,
    }


_BELOW_API = lambda identifier, inputs: f"{inputs['apiId']}/{identifier}"  # noqa: E731
_ITSELF = lambda identifier, inputs: identifier  # noqa: E731

CASES = (
    Case(
        token=API,
        inputs=lambda world: {"name": fresh("api"), "protocolType": "HTTP", "description": "d", "tags": TAGS},
        change=lambda world: {"description": "new", "tags": {"other": "tag"}},
        replace={"protocolType": "WEBSOCKET"},
        wrong={"tags": []},
        drift=drifts(GATEWAY, "update_api", {"ApiId": "id", "Name": "name"}, "description", Description="theirs"),
        listing=listed(GATEWAY, "get_apis", "Items", "ApiId"),
        import_id=_ITSELF,
    ),
    Case(
        token=STAGE,
        inputs=lambda world: {
            "apiId": _latest_api(world),
            "name": "$default",
            "autoDeploy": True,
            "accessLogSettings": {
                "destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:x",
                "format": "$context.requestId",
            },
            "defaultRouteSettings": {"throttlingRateLimit": 50, "throttlingBurstLimit": 100},
            "tags": TAGS,
        },
        change=lambda world: {
            "defaultRouteSettings": {"throttlingRateLimit": 5, "throttlingBurstLimit": 9},
            "tags": {},
        },
        replace={"name": "other"},
        wrong={"autoDeploy": "yes"},
        drift=drifts(
            GATEWAY,
            "update_stage",
            {"ApiId": "apiId", "StageName": "id"},
            "defaultRouteSettings",
            DefaultRouteSettings={"ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 1},
        ),
        listing=_stages,
        import_id=_BELOW_API,
        listed_in_full=True,
    ),
    Case(
        token=INTEGRATION,
        inputs=integration,
        change=lambda world: {"timeoutMilliseconds": 20000, "responseParameters": []},
        replace={"integrationType": "HTTP_PROXY"},
        wrong={"timeoutMilliseconds": "long"},
        drift=drifts(
            GATEWAY,
            "update_integration",
            {"ApiId": "apiId", "IntegrationId": "id"},
            "timeoutMilliseconds",
            TimeoutInMillis=9000,
        ),
        listing=below_api("get_integrations", "IntegrationId"),
        import_id=_BELOW_API,
    ),
    Case(
        token=ROUTE,
        inputs=lambda world: {**api_id(world), "routeKey": f"GET /{fresh('r')}", "target": target(world)},
        change=lambda world: {"target": "integrations/i2"},
        replace={"apiId": "other"},
        wrong={"target": 7},
        drift=drifts(
            GATEWAY, "update_route", {"ApiId": "apiId", "RouteId": "id"}, "target", Target="integrations/theirs"
        ),
        listing=below_api("get_routes", "RouteId"),
        import_id=_BELOW_API,
    ),
    Case(
        token=LOG_GROUP,
        inputs=lambda world: {"name": f"/aws/vendedlogs/{fresh('log')}", "retentionInDays": 14, "tags": TAGS},
        change=lambda world: {"retentionInDays": 30, "tags": {"other": "tag"}},
        replace={"name": "/aws/vendedlogs/other"},
        wrong={"retentionInDays": "two weeks"},
        drift=drifts("logs", "put_retention_policy", {"logGroupName": "id"}, "retentionInDays", retentionInDays=1),
        listing=listed("logs", "describe_log_groups", "logGroups", "logGroupName"),
        import_id=_ITSELF,
    ),
    Case(
        token=ROLE,
        inputs=lambda world: {"name": fresh("role"), "assumeRolePolicy": TRUST, "description": "d", "tags": TAGS},
        change=lambda world: {"description": "new", "tags": {"other": "tag"}},
        replace={"path": "/other/"},
        wrong={"maxSessionDuration": "long"},
        drift=drifts("iam", "update_role", {"RoleName": "id"}, "description", Description="theirs"),
        listing=listed("iam", "list_roles", "Roles", "RoleName"),
        import_id=_ITSELF,
        cannot_import=frozenset({"assumeRolePolicy"}),
    ),
    Case(
        token=ROLE_POLICY,
        inputs=lambda world: {"name": fresh("policy"), "role": world.above["role"]["name"], "policy": WRITE},
        change=lambda world: {"policy": WRITE.replace("Put", "Get")},
        replace={"role": "other"},
        wrong={"policy": {"Version": "2012-10-17"}},
        drift=drifts(
            "iam",
            "put_role_policy",
            {"RoleName": "role", "PolicyName": "name"},
            "policy",
            PolicyDocument=WRITE.replace("Put", "Describe"),
        ),
        listing=_role_policies,
        import_id=_ITSELF,
        cannot_import=frozenset({"policy"}),
    ),
    Case(
        token=FUNCTION,
        inputs=function,
        change=lambda world: {
            "memorySize": 512,
            "code": archive(ZIP + b"x"),
            "environment": {"variables": {"MCP_URL": "https://b/mcp"}},
            "reservedConcurrentExecutions": 7,
        },
        replace={"name": "other"},
        wrong={"code": "a.zip"},
        drift=drifts("lambda", "update_function_configuration", {"FunctionName": "id"}, "memorySize", MemorySize=256),
        listing=listed("lambda", "list_functions", "Functions", "FunctionName"),
        import_id=_ITSELF,
        cannot_import=frozenset({"code"}),
    ),
    Case(
        token=PERMISSION,
        inputs=lambda world: {
            "statementId": fresh("permission"),
            "action": "lambda:InvokeFunction",
            "function": world.above["function"]["name"],
            "principal": "apigateway.amazonaws.com",
            "sourceArn": f"{world.above['api']['executionArn']}/*/*",
        },
        change=None,
        replace={"principal": "events.amazonaws.com"},
        wrong={"principal": ["a"]},
        drift=_forbidden,
        listing=_statements,
        import_id=lambda identifier, inputs: f"{inputs['function']}/{identifier}",
    ),
    Case(
        token=TABLE,
        inputs=table,
        change=lambda world: {
            "globalSecondaryIndexes": [{"name": "by-sk", "hashKey": "sk", "projectionType": "ALL"}],
            "pointInTimeRecovery": {"enabled": False},
            "ttl": {"attributeName": "expires", "enabled": False},
            "tags": {"other": "tag"},
        },
        replace={"rangeKey": "n"},
        wrong={"attributes": [{"name": "pk", "type": 7}]},
        drift=drifts(
            "dynamodb",
            "update_time_to_live",
            {"TableName": "id"},
            "ttl",
            TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires"},
        ),
        listing=listed("dynamodb", "list_tables", "TableNames", ""),
        import_id=_ITSELF,
    ),
)
