"""Which route is chosen, who may call the function, and how many get through."""

from types import SimpleNamespace
from typing import Any

import pytest

from local_cloud.aws.front_door.permissions import may_invoke, source_arn
from local_cloud.aws.front_door.routes import choose_route
from local_cloud.aws.front_door.throttle import Throttle
from tests.requirements import requirement

ROUTES = [
    "$default",
    "ANY /{proxy+}",
    "GET /pets/{proxy+}",
    "ANY /pets/{id}",
    "GET /pets/{id}",
    "GET /pets/dog",
    "ANY /pets/dog",
    "GET /pets/{id}/toys/{toy}",
    "GET /",
]


@requirement("aws:routes")
@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/pets/dog", "GET /pets/dog", {}),
        ("POST", "/pets/dog", "ANY /pets/dog", {}),
        ("GET", "/pets/cat", "GET /pets/{id}", {"id": "cat"}),
        ("POST", "/pets/cat", "ANY /pets/{id}", {"id": "cat"}),
        ("GET", "/pets/1/toys/2", "GET /pets/{id}/toys/{toy}", {"id": "1", "toy": "2"}),
        ("GET", "/pets/1/2", "GET /pets/{proxy+}", {"proxy": "1/2"}),
        ("POST", "/pets/1/2", "ANY /{proxy+}", {"proxy": "pets/1/2"}),
        ("GET", "/pets/dog/", "GET /pets/{proxy+}", {"proxy": "dog/"}),
        ("GET", "/", "GET /", {}),
        ("POST", "/", "$default", {}),
        ("GET", "/a%2Fb", "ANY /{proxy+}", {"proxy": "a%2Fb"}),
    ],
)
def test_the_most_specific_route_is_chosen(method: str, path: str, key: str, parameters: dict[str, str]) -> None:
    """Full match, then greedy, then $default; the longer fixed part first, a method before ANY (AWS, routes)."""
    for keys in (ROUTES, ROUTES[::-1]):
        match = choose_route([SimpleNamespace(route_key=each) for each in keys], method, path)

        assert match is not None
        assert (match.route.route_key, match.parameters) == (key, parameters)


@pytest.mark.parametrize("path", ["/mcp/", "//mcp", "/MCP", "/mcp/x", "/", "", "*"])
def test_a_path_is_matched_exactly(path: str) -> None:
    """No trailing slash, double slash or other case is forgiven (AWS, routes)."""
    assert choose_route([SimpleNamespace(route_key="ANY /mcp")], "GET", path) is None


def statement(**changes: Any) -> dict[str, Any]:
    """What AddPermission leaves in the function's policy."""
    wanted = {
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:execute-api:us-east-1:123456789012:api/*/*"}},
    }
    return wanted | changes


def condition(operator: str, value: str, key: str = "AWS:SourceArn") -> dict[str, Any]:
    """A statement with one condition."""
    return statement(Condition={operator: {key: value}})


ARN = "arn:aws:execute-api:us-east-1:123456789012:api"


@requirement("aws:permission")
@pytest.mark.parametrize(
    ("given", "key", "allowed"),
    [
        (statement(), "ANY /mcp", True),
        (statement(), "$default", True),
        (statement(Principal="*"), "ANY /mcp", True),
        (condition("ArnLike", f"{ARN}/*/POST/mcp"), "ANY /mcp", True),
        (condition("ArnLike", f"{ARN}/*/GET/mcp"), "ANY /mcp", False),
        (condition("ArnLike", f"{ARN}/*/*/other"), "ANY /mcp", False),
        (condition("ArnLike", f"{ARN}/*/$default"), "$default", True),
        (condition("ArnLike", f"{ARN[:-3]}other/*/*"), "ANY /mcp", False),
        (condition("ArnLike", "*"), "ANY /mcp", False),
        (condition("StringEquals", f"{ARN}/*/*"), "ANY /mcp", False),
        (condition("StringEquals", "123456789012", "AWS:SourceAccount"), "ANY /mcp", True),
        (condition("StringEquals", "210987654321", "AWS:SourceAccount"), "ANY /mcp", False),
        (condition("Bool", "true"), "ANY /mcp", False),
        (condition("ArnLike", f"{ARN}/*/*", "aws:PrincipalArn"), "ANY /mcp", False),
        (statement(Principal={"Service": "s3.amazonaws.com"}), "ANY /mcp", False),
        (statement(Action="lambda:GetFunction"), "ANY /mcp", False),
        (statement(Effect="Deny"), "ANY /mcp", False),
    ],
)
def test_the_resource_policy_decides(given: dict[str, Any], key: str, allowed: bool) -> None:
    """Principal, action and every condition must hold; an unknown condition does not (IAM, condition operators)."""
    assert may_invoke([given], source_arn("api", key, "POST")) is allowed
    assert not may_invoke([], source_arn("api", key, "POST"))


@requirement("aws:throttle")
def test_a_bucket_lets_the_burst_through_and_refills_at_the_rate() -> None:
    """Token bucket: burst at once, then the rate; 0 stops all (AWS, throttling)."""
    clock = [0.0]
    throttle = Throttle(rate=2, burst=3, now=lambda: clock[0])

    assert [throttle.admits() for _ in range(4)] == [True, True, True, False]
    clock[0] += 0.5
    assert [throttle.admits() for _ in range(2)] == [True, False]
    clock[0] += 60
    assert [throttle.admits() for _ in range(4)] == [True, True, True, False]
    assert not Throttle(rate=0, burst=0, now=lambda: clock[0]).admits()
