"""
Whether the function's resource policy lets this API invoke it.

Source: AWS Lambda, resource-based policies; API Gateway, "execute-api" ARNs.
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from local_cloud.aws.account import ACCOUNT, REGION


def may_invoke(statements: Iterable[Mapping[str, Any]], api_id: str, method: str, path: str) -> bool:
    """True when a statement allows API Gateway to invoke the function for this API, stage, method and path."""
    source = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/$default/{method}{path}"
    return any(_allows(statement, source) for statement in statements)


def _allows(statement: Mapping[str, Any], source: str) -> bool:
    principal = statement.get("Principal", {})
    service = principal.get("Service") if isinstance(principal, Mapping) else principal
    if statement.get("Effect") != "Allow" or service not in ("apigateway.amazonaws.com", "*"):
        return False
    if statement.get("Action") not in ("lambda:InvokeFunction", "lambda:*"):
        return False
    return all(_holds(operator, wanted, source) for operator, wanted in statement.get("Condition", {}).items())


def _holds(operator: str, wanted: Mapping[str, Any], source: str) -> bool:
    facts = {"aws:sourcearn": source, "aws:sourceaccount": ACCOUNT}
    if operator not in ("ArnLike", "ArnEquals", "StringEquals", "StringLike"):
        return False
    for key, patterns in wanted.items():
        value = facts.get(key.lower())
        patterns = [patterns] if isinstance(patterns, str) else patterns
        if value is None or not any(fnmatchcase(value, pattern) for pattern in patterns):
            return False
    return True
