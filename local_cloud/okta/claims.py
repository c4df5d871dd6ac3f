"""
Custom claims: the expressions and group filters that the local Okta evaluates, and their values.

Source: https://developer.okta.com/docs/reference/okta-expression-language/
"""

import re
from typing import Any

from local_cloud.okta.servers import SUBJECT
from local_cloud.okta.store import Row

_ATTRIBUTE = re.compile(r"user\.(\w+)|appuser\.userName|app\.(clientId|id|name|label)")
_LITERAL = re.compile(r'"([^"\\]*)"|(\d+)|(true|false)')
GROUP_FILTERS = ("STARTS_WITH", "EQUALS", "CONTAINS", "REGEX")


def can_evaluate(expression: str) -> bool:
    """Whether an expression has one of the forms that are emulated: an attribute, a literal, or the subject's."""
    return expression == SUBJECT or bool(_ATTRIBUTE.fullmatch(expression) or _LITERAL.fullmatch(expression))


def evaluate(expression: str, app: Row, user: Row | None) -> Any:
    """The value of an expression; None where the attribute is not set."""
    if expression == SUBJECT:
        return user["profile"]["login"] if user else app["id"]
    literal = _LITERAL.fullmatch(expression)
    if literal:
        text, number, truth = literal.groups()
        return text if text is not None else int(number) if number else truth == "true"
    kind, _, name = expression.partition(".")
    if kind == "app":
        return app["id"] if name in ("clientId", "id") else app.get(name)
    if user is None:
        return None
    return user["profile"]["login"] if kind == "appuser" else _attribute(user, name)


def matching_groups(claim: Row, groups: list[Row]) -> list[str]:
    """The names of the person's groups that a GROUPS claim lets through."""
    wanted = claim["value"]
    tests = {
        "STARTS_WITH": lambda name: name.startswith(wanted),
        "EQUALS": lambda name: name == wanted,
        "CONTAINS": lambda name: wanted in name,
        "REGEX": lambda name: re.fullmatch(wanted, name) is not None,
    }
    names = (group["profile"]["name"] for group in groups)
    return [name for name in names if tests[claim["group_filter_type"]](name)]


def claim_values(
    claims: list[Row], kind: str, scopes: frozenset[str], app: Row, user: Row | None, groups: list[Row]
) -> dict[str, Any]:
    """The custom claims of one kind of token (RESOURCE or IDENTITY) for the scopes that were granted."""
    values: dict[str, Any] = {}
    for claim in claims:
        wanted = set(claim["conditions"]["scopes"])
        if claim["status"] != "ACTIVE" or claim["claimType"] != kind or (wanted and not wanted & scopes):
            continue
        value = (
            matching_groups(claim, groups) if claim["valueType"] == "GROUPS" else evaluate(claim["value"], app, user)
        )
        if value is not None:
            values[claim["name"]] = value
    return values


def _attribute(user: Row, name: str) -> Any:
    return user["id"] if name == "id" else user["profile"].get(name)
