"""
Conditions of policies: the operators and keys that are emulated; any other is an error that names it.

Source: IAM, Condition operators; Conditions with multiple context keys or values; Global condition context keys.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local_cloud.aws.identity.errors import NotEvaluated
from local_cloud.aws.identity.matching import is_arn_like, is_like
from local_cloud.aws.identity.statements import listed

KEYS = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:securetransport",
    "lambda:sourcefunctionarn",
}
_SETS = ("ForAllValues:", "ForAnyValue:")


def _equals_ignoring_case(value: str, wanted: str) -> bool:
    return value.lower() == wanted.lower()


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "ArnEquals": is_arn_like,
    "ArnLike": is_arn_like,
    "Bool": _equals_ignoring_case,
    "StringEquals": str.__eq__,
    "StringEqualsIgnoreCase": _equals_ignoring_case,
    "StringLike": is_like,
}
_NEGATED = {
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
}


def holds(conditions: Mapping[str, Mapping[str, Any]], facts: Mapping[str, Sequence[str]]) -> bool:
    """
    Whether every condition of a statement holds for these facts.

    Raises:
        NotEvaluated: an operator or a key is not emulated.
    """
    checks = [(name, key, wanted) for name, block in conditions.items() for key, wanted in block.items()]
    for name, key, _ in checks:  # all of them first: what is unknown is never passed over in silence
        _check_known(name, key)
    return all(_holds(name, facts.get(key.lower(), ()), wanted) for name, key, wanted in checks)


def _check_known(name: str, key: str) -> None:
    operator = name.removesuffix("IfExists")
    if operator.startswith(_SETS) or (operator not in _OPERATORS and operator not in _NEGATED):
        raise NotEvaluated(f"the condition operator {name!r}")
    if key.lower() not in KEYS:
        raise NotEvaluated(f"the condition key {key!r}")


def _holds(name: str, values: Sequence[str], wanted: Any) -> bool:
    operator = name.removesuffix("IfExists")
    negated = operator in _NEGATED
    compare = _OPERATORS[_NEGATED.get(operator, operator)]
    patterns = [str(pattern) for pattern in listed(wanted)]
    if any("${" in pattern for pattern in patterns):
        raise NotEvaluated(f"policy variables ({patterns[0]})")
    if not values:  # a key that the request has not: a negated operator holds, as IfExists does
        return negated or name != operator
    return any(compare(value, pattern) for value in values for pattern in patterns) != negated
