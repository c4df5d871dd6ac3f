"""What the control plane takes and refuses as AWS does: one row for each limit, one for each conflict."""

import base64
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx2
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_cloud.aws.account import RUNTIME
from tests.local_cloud.aws.account import ECHO, TRUST, Account, policy, session_of
from tests.local_cloud.aws.test_functions import invoke
from tests.requirements import requirement

API = dict[str, str]
ROLE = "arn:aws:iam::123456789012:role/r"
CONFIG = Config(parameter_validation=False, retries={"total_max_attempts": 1})
MANY = {f"key{number}": "v" for number in range(51)}
BAD_REQUEST, CONFLICT, INVALID = "BadRequestException", "ConflictException", "InvalidParameterValueException"


class Row(NamedTuple):
    """A call that AWS refuses, after `Account.serve`; `{…}` in a text is of the API's ids."""

    service: str
    operation: str
    arguments: dict[str, Any]
    code: str
    words: str


def route(**arguments: Any) -> Row:
    """A route that AWS refuses."""
    return Row("apigatewayv2", "create_route", {"ApiId": "{id}", **arguments}, BAD_REQUEST, "route key")


def integration(words: str, **arguments: Any) -> Row:
    """An update of an integration that AWS refuses."""
    where = {"ApiId": "{id}", "IntegrationId": "{integration}"}
    return Row("apigatewayv2", "update_integration", where | arguments, BAD_REQUEST, words)


def stage(words: str, **arguments: Any) -> Row:
    """An update of a stage that AWS refuses."""
    where = {"ApiId": "{id}", "StageName": "$default"}
    return Row("apigatewayv2", "update_stage", where | arguments, BAD_REQUEST, words)


def configuration(words: str, **arguments: Any) -> Row:
    """An update of a function that AWS refuses."""
    return Row("lambda", "update_function_configuration", {"FunctionName": "f", **arguments}, INVALID, words)


def function(words: str, **arguments: Any) -> Row:
    """A function that AWS refuses."""
    made = {"FunctionName": "g", "Role": ROLE, "Runtime": RUNTIME, "Handler": "h.handler"}
    return Row("lambda", "create_function", made | {"Code": {"ZipFile": b"x"}} | arguments, INVALID, words)


def group(words: str, **arguments: Any) -> Row:
    """A log group that AWS refuses."""
    return Row("logs", "create_log_group", arguments, "InvalidParameterException", words)


def role(words: str, **arguments: Any) -> Row:
    """A role that AWS refuses."""
    made = {"RoleName": "other", "AssumeRolePolicyDocument": "{{}}", **arguments}
    return Row("iam", "create_role", made, "ValidationError", words)


def permission(words: str, **arguments: Any) -> Row:
    """A permission that AWS refuses."""
    made = {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    return Row("lambda", "add_permission", {"FunctionName": "f", **made, **arguments}, INVALID, words)


ROWS = [
    *(
        route(RouteKey=key, Target="integrations/{integration}")
        for key in ("FOO /x", "GET x", "GET /{{a+}}/b", "GET /a b", "$connect", "get /x", "GET /{{a", "GET", "")
    ),
    route(RouteKey="GET /x", Target="integrations/nope")._replace(words="integrations/nope"),
    route(RouteKey="GET /x", Target="nope")._replace(words="nope"),
    route(RouteKey="GET /x", OperationName="x" * 65)._replace(words="operationName"),
    Row(
        "apigatewayv2",
        "update_route",
        {"ApiId": "{id}", "RouteId": "{route}", "RouteKey": "FOO /x"},
        BAD_REQUEST,
        "key",
    ),
    Row("apigatewayv2", "create_route", {"ApiId": "{id}", "RouteKey": "$default"}, CONFLICT, "already exists"),
    Row(
        "apigatewayv2",
        "create_stage",
        {"ApiId": "{id}", "StageName": "$default", "AutoDeploy": True},
        CONFLICT,
        "exists",
    ),
    Row(
        "apigatewayv2",
        "delete_integration",
        {"ApiId": "{id}", "IntegrationId": "{integration}"},
        CONFLICT,
        r"referenced by the following Routes with Ids: \[{route}\]",
    ),
    Row("apigatewayv2", "create_api", {"Name": "x" * 129, "ProtocolType": "HTTP"}, BAD_REQUEST, "name"),
    Row("apigatewayv2", "create_api", {"Name": "", "ProtocolType": "HTTP"}, BAD_REQUEST, "name"),
    Row("apigatewayv2", "create_api", {"Name": "x", "ProtocolType": "HTTP", "Tags": MANY}, BAD_REQUEST, "50"),
    Row("apigatewayv2", "update_api", {"ApiId": "{id}", "Description": "x" * 1025}, BAD_REQUEST, "description"),
    Row(
        "apigatewayv2",
        "tag_resource",
        {"ResourceArn": "arn:aws:apigateway:us-east-1::/apis/{id}", "Tags": {"aws:x": "1"}},
        BAD_REQUEST,
        "aws:",
    ),
    integration("'timeoutInMillis' .* less than or equal to 30000", TimeoutInMillis=30_001),
    integration("'timeoutInMillis' .* greater than or equal to 50", TimeoutInMillis=49),
    integration("199", ResponseParameters={"199": {"overwrite:header.a": "b"}}),
    integration("600", ResponseParameters={"600": {"overwrite:header.a": "b"}}),
    integration("2xx", ResponseParameters={"2xx": {"overwrite:header.a": "b"}}),
    stage("destinationArn", AccessLogSettings={"Format": "$context.requestId"}),
    stage("destinationArn", AccessLogSettings={"Format": "$context.requestId", "DestinationArn": "/aws/vendedlogs/x"}),
    stage("description", Description="x" * 1025),
    function("'functionName' .* less than or equal to 64", FunctionName="x" * 65),
    function("'functionName' .* regular expression", FunctionName="no name"),
    function("'tags' .* 50", Tags=MANY),
    function("aws:", Tags={"aws:x": "1"}),
    function("'handler'", Handler="h" * 129),
    configuration("'handler'", Handler="h handler"),
    configuration("'description'", Description="x" * 257),
    configuration("'environment.variables' .* regular expression", Environment={"Variables": {"1A": "x"}}),
    configuration("'environment.variables' .* regular expression", Environment={"Variables": {"A-B": "x"}}),
    configuration("'environment.variables' .* regular expression", Environment={"Variables": {"A": "x"}}),
    configuration("'memorySize' .* greater than or equal to 128", MemorySize=127),
    configuration("'timeout' .* greater than or equal to 1", Timeout=0),
    Row("lambda", "tag_resource", {"Resource": "{function}", "Tags": MANY}, INVALID, "50"),
    Row(
        "lambda",
        "put_function_concurrency",
        {"FunctionName": "f", "ReservedConcurrentExecutions": 901},
        INVALID,
        r"below its minimum value of \[100\]",
    ),
    permission("'statementId'", StatementId="a b"),
    permission("'statementId'", StatementId="x" * 101),
    permission("'action'", Action="s3:GetObject"),
    permission("statement id (http-api) provided already exists".replace("(", r"\(").replace(")", r"\)"))._replace(
        code="ResourceConflictException",
        arguments={
            "FunctionName": "f",
            "StatementId": "http-api",
            "Action": "lambda:InvokeFunction",
            "Principal": "events.amazonaws.com",
        },
    ),
    role("'roleName' .* less than or equal to 64", RoleName="x" * 65),
    role("'roleName' .* regular expression", RoleName="a b"),
    role("'maxSessionDuration'", MaxSessionDuration=3599),
    role("'description'", Description="x" * 1001),
    Row(
        "iam",
        "put_role_policy",
        {"RoleName": "r", "PolicyName": "x" * 129, "PolicyDocument": "{{}}"},
        "ValidationError",
        "'policyName'",
    ),
    group("'logGroupName' .* 512", logGroupName="x" * 513),
    group("'logGroupName' .* regular expression", logGroupName="a b"),
    group("'tags' .* 50", logGroupName="x", tags=MANY),
    group("aws:", logGroupName="x", tags={"aws:x": "1"}),
    Row(
        "logs",
        "put_retention_policy",
        {"logGroupName": "x", "retentionInDays": 2},
        "InvalidParameterException",
        "'retentionInDays' .* enum value set",
    ),
]


@pytest.fixture
def client(account: Account) -> Callable[[str], Any]:
    """Clients that leave it to AWS to say what is wrong."""
    session = session_of(account.cloud)
    return lambda service: session.client(service, endpoint_url=account.cloud.endpoint_url, config=CONFIG)


def filled(value: Any, facts: API) -> Any:
    """The arguments with the ids of what is there."""
    if isinstance(value, str):
        return value.format(**facts)
    return {name: filled(item, facts) for name, item in value.items()} if isinstance(value, dict) else value


@requirement("aws:refused")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.operation}-{row.words or row.arguments.get('RouteKey')}")
def test_what_aws_does_not_take_is_its_error(account: Account, client: Callable[[str], Any], row: Row) -> None:
    """The limit or the conflict is AWS's own (API references and quotas of the five services)."""
    facts = {**account.serve(), "function": "arn:aws:lambda:us-east-1:123456789012:function:f"}
    before = account.gateway.get_routes(ApiId=facts["id"])["Items"]
    with pytest.raises(ClientError, match=row.words.format(**facts)) as raised:
        getattr(client(row.service), row.operation)(**filled(row.arguments, facts))

    assert raised.value.response["Error"]["Code"] == row.code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == (409 if "Conflict" in row.code else 400)
    assert account.gateway.get_routes(ApiId=facts["id"])["Items"] == before
    assert httpx2.get(facts["url"]).status_code == 200


@pytest.mark.parametrize(
    "key", ["GET /", "ANY /{proxy+}", "POST /a/{b}/c-d_e.f~g", "DELETE /a/{b}/{c+}", "OPTIONS /a/", "HEAD /*"]
)
def test_a_route_key_of_the_documented_form_is_taken(account: Account, key: str) -> None:
    """Method or ANY, a path, a greedy variable at its end (API Gateway, Create routes for HTTP APIs)."""
    api = account.serve()
    made = account.gateway.create_route(ApiId=api["id"], RouteKey=key, Target=f"integrations/{api['integration']}")

    assert account.gateway.get_route(ApiId=api["id"], RouteId=made["RouteId"])["RouteKey"] == key


def test_what_is_at_a_limit_is_taken(account: Account, client: Callable[[str], Any]) -> None:
    """Each limit is inclusive (API references of the services)."""
    api, logs = account.serve(), client("logs")
    where = {"ApiId": api["id"], "IntegrationId": api["integration"]}
    for wait in (50, 30_000):
        account.gateway.update_integration(**where, TimeoutInMillis=wait, ResponseParameters={"599": {}, "200": {}})
    account.create_function(ECHO, name="x" * 64, Tags=dict(list(MANY.items())[:50]))
    account.functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=50)
    account.functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=50)
    account.functions.put_function_concurrency(FunctionName="x" * 64, ReservedConcurrentExecutions=0)
    account.iam.create_role(RoleName="x" * 64, AssumeRolePolicyDocument=policy(TRUST), MaxSessionDuration=43_200)
    logs.create_log_group(logGroupName="x" * 512)
    logs.put_retention_policy(logGroupName="x" * 512, retentionInDays=3653)


def test_an_integration_can_go_when_no_route_leads_to_it(account: Account) -> None:
    """As the order of a stack's deletion has it (API Gateway v2 API reference, DeleteIntegration)."""
    api = account.serve()
    account.gateway.delete_route(ApiId=api["id"], RouteId=api["route"])
    account.gateway.delete_integration(ApiId=api["id"], IntegrationId=api["integration"])

    assert account.gateway.get_integrations(ApiId=api["id"])["Items"] == []


def test_a_route_may_keep_its_own_key(account: Account) -> None:
    """An update that repeats it is no conflict; another route's key is (API reference, UpdateRoute)."""
    api = account.serve()
    where = {"ApiId": api["id"], "RouteId": api["route"]}
    account.gateway.update_route(**where, RouteKey="$default")
    account.gateway.create_route(ApiId=api["id"], RouteKey="GET /x")
    with pytest.raises(account.gateway.exceptions.ConflictException):
        account.gateway.update_route(**where, RouteKey="GET /x")


@requirement("aws:refused")
@pytest.mark.parametrize(
    ("operation", "document"),
    [
        ("update_function_configuration", {"Environment": [1]}),
        ("update_function_configuration", {"Environment": {"Variables": {"AB": 1}}}),
        ("update_function_configuration", {"Timeout": "long"}),
        ("update_function_configuration", {"MemorySize": True}),
        ("update_function_code", {"ZipFile": 5}),
        ("update_function_code", {"Architectures": "x86_64"}),
        ("create_function", {"FunctionName": "g", "Role": ROLE, "Code": "x"}),
        ("create_function", {"FunctionName": 5, "Role": ROLE, "Code": {"ZipFile": "eA=="}}),
        ("create_function", [1]),
        ("create_function", "x"),
        ("add_permission", {"StatementId": ["a"]}),
    ],
)
def test_a_member_of_another_type_is_no_failure_of_the_server(
    account: Account, client: Callable[[str], Any], operation: str, document: Any
) -> None:
    """A SerializationException that names the member (Smithy, restJson1; AWS Lambda API, common errors)."""
    account.create_function(ECHO)
    error, headers = send(client("lambda"), operation, document)

    assert (error["Code"], headers["content-type"]) == ("SerializationException", "application/json")
    assert invoke(account, 1) == 1


@pytest.mark.parametrize("zipped", ["x", "\N{SNOWMAN}", base64.b64encode(b"x").decode()])
def test_a_text_that_is_no_zip_is_lambdas_error(account: Account, client: Callable[[str], Any], zipped: str) -> None:
    """Whatever is wrong with its encoding (AWS Lambda API, UpdateFunctionCode)."""
    account.create_function(ECHO)
    error, _ = send(client("lambda"), "update_function_code", {"ZipFile": zipped})

    assert error["Code"] == INVALID


def send(functions: Any, operation: str, document: Any) -> tuple[dict[str, str], dict[str, str]]:
    """A write to Lambda with a body that no SDK would make; the error and the headers of its answer."""

    def replace(request: Any, **more: Any) -> None:
        request.data = json.dumps(document).encode()

    functions.meta.events.register_first("before-sign.lambda", replace)
    with pytest.raises(ClientError) as raised:
        getattr(functions, operation)(FunctionName="f")
    answer = raised.value.response["ResponseMetadata"]
    assert answer["HTTPStatusCode"] == 400
    return raised.value.response["Error"], answer["HTTPHeaders"]


def test_a_throttle_of_zero_lets_nothing_through(account: Account) -> None:
    """429 for every request: what a stage with half of its throttling set gets (pulumi-aws, issue 2363)."""
    api = account.serve()
    limits = {"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0}
    account.gateway.update_stage(ApiId=api["id"], StageName="$default", DefaultRouteSettings=limits)

    assert [httpx2.get(api["url"]).status_code for _ in range(3)] == [429] * 3
