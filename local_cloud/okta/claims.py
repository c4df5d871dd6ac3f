"""
Custom claims: which of them belong in a token, and their values.

Source: https://developer.okta.com/docs/guides/customize-tokens-returned-from-okta/
"""

from collections.abc import Iterable
from typing import Any

from local_cloud.okta.errors import OAuthError, invalid
from local_cloud.okta.expressions import CannotEvaluate, Facts, UnknownExpression, read_expression
from local_cloud.okta.patterns import UnknownPattern, read_pattern
from local_cloud.okta.store import Row

GROUP_FILTERS = ("STARTS_WITH", "EQUALS", "CONTAINS", "REGEX")
TOO_MANY_GROUPS = "The groups claim matched too many groups and must be configured to match fewer groups."


def refuse_unknown_expression(expression: str) -> None:
    """
    Accept only an expression that the local Okta evaluates.

    Raises:
        OktaError: E0000001, which names the part that is unknown.
    """
    try:
        read_expression(expression)
    except UnknownExpression as error:
        raise invalid(
            "value",
            f"The local Okta does not evaluate '{error}'; it knows user.X of Okta's base schema, appuser.userName, "
            "app.X, literals, '+', and the String and Groups functions that COVERAGE.md lists",
        ) from error


def refuse_unknown_pattern(pattern: str) -> None:
    """
    Accept only a regular expression that the local Okta evaluates.

    Raises:
        OktaError: E0000001, which names the part that is wrong or unknown.
    """
    try:
        read_pattern(pattern)
    except UnknownPattern as error:
        raise invalid(
            "value",
            f"The local Okta does not evaluate '{error}' in a regular expression; it knows letters, classes, groups, "
            "alternatives and repetition",
        ) from error


def matching_groups(claim: Row, groups: list[Row]) -> list[str]:
    """The names of the person's groups that a GROUPS claim lets through."""
    wanted = claim["value"]
    tests = {
        "STARTS_WITH": lambda name: name.startswith(wanted),
        "EQUALS": lambda name: name == wanted,
        "CONTAINS": lambda name: wanted in name,
        "REGEX": lambda name: read_pattern(wanted)(name),
    }
    names = (group["profile"]["name"] for group in groups)
    return [name for name in names if tests[claim["group_filter_type"]](name)]


def claim_values(
    claims: Iterable[Row], kind: str, scopes: Iterable[str], facts: Facts, most_groups: int | None = None
) -> dict[str, Any]:
    """
    The custom claims of one kind of token (RESOURCE or IDENTITY) for the scopes that were granted.

    Args:
        most_groups: how many groups a GROUPS claim may match; None where Okta sets no limit.

    Raises:
        OAuthError: a claim matches more groups than that, or cannot be evaluated.

    Source: Flask-AppBuilder pull request 1926 (the whole error, as seen);
    https://support.okta.com/help/s/article/limitations-of-group-functions-dynamic-allowlists (words).
    """
    wanted = [claim for claim in claims if is_wanted(claim, kind, frozenset(scopes))]
    values = {claim["name"]: _value(claim, facts, most_groups) for claim in wanted}
    return {name: value for name, value in values.items() if value is not None}


def is_wanted(claim: Row, kind: str, scopes: frozenset[str]) -> bool:
    """Whether a claim is in use, of this kind, and bound to no scope or to one of these."""
    bound = set(claim["conditions"]["scopes"])
    return claim["status"] == "ACTIVE" and claim["claimType"] == kind and (not bound or bool(bound & scopes))


def _value(claim: Row, facts: Facts, most_groups: int | None) -> Any:
    try:
        if claim["valueType"] == "GROUPS":
            return _groups(claim, facts, most_groups) if facts.user else None
        return read_expression(claim["value"])(facts)
    except CannotEvaluate as error:
        raise OAuthError("server_error", f"The '{claim['name']}' user claim could not be evaluated.") from error
    except (UnknownExpression, UnknownPattern):
        # An older state file may hold what is refused by now.
        return None


def _groups(claim: Row, facts: Facts, most: int | None) -> list[str]:
    names = matching_groups(claim, facts.groups)
    if most is not None and len(names) > most:
        raise OAuthError("server_error", TOO_MANY_GROUPS)
    return names
