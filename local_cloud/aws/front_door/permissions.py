"""
Whether the function's resource policy lets this API invoke it.

Source: AWS Lambda, resource-based policies; API Gateway, "execute-api" ARNs; IAM, condition operators.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from local_cloud.aws.account import ACCOUNT, REGION
from local_cloud.aws.front_door.routes import DEFAULT
from local_cloud.aws.identity.matching import is_arn_like, is_like

_ACTIONS = ("lambda:InvokeFunction", "lambda:*", "*")


def source_arn(api_id: str, route_key: str, method: str) -> str:
    """The ARN by which API Gateway names the route that calls."""
    template = route_key.partition(" ")[2]
    place = DEFAULT if route_key == DEFAULT else f"{method}{template}"
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/$default/{place}"


def may_invoke(statements: Iterable[Mapping[str, Any]], source: str) -> bool:
    """True when a statement allows API Gateway to invoke the function for this route."""
    return any(_allows(statement, source) for statement in statements)


def _allows(statement: Mapping[str, Any], source: str) -> bool:
    principal = statement.get("Principal", {})
    service = principal.get("Service") if isinstance(principal, Mapping) else principal
    if statement.get("Effect") != "Allow" or service not in ("apigateway.amazonaws.com", "*"):
        return False
    if statement.get("Action") not in _ACTIONS:
        return False
    return all(_holds(operator, wanted, source) for operator, wanted in statement.get("Condition", {}).items())


def _holds(operator: str, wanted: Mapping[str, Any], source: str) -> bool:
    """Whether a condition holds; one with an operator or a key that is unknown here does not."""
    facts = {"aws:sourcearn": source, "aws:sourceaccount": ACCOUNT}
    compare = _OPERATORS.get(operator)
    for key, patterns in wanted.items():
        value = facts.get(key.lower())
        patterns = [patterns] if isinstance(patterns, str) else patterns
        if compare is None or value is None or not any(compare(value, pattern) for pattern in patterns):
            return False
    return True


_OPERATORS = {
    "ArnLike": is_arn_like,
    "ArnEquals": is_arn_like,
    "StringLike": is_like,
    "StringEquals": str.__eq__,
}
