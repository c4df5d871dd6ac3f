"""
What identity-based policies decide: an explicit Deny, else an Allow, else nothing.

Source: IAM, Policy evaluation logic.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import Any

from local_cloud.aws.identity.conditions import holds
from local_cloud.aws.identity.errors import NotEvaluated
from local_cloud.aws.identity.matching import is_like, is_resource
from local_cloud.aws.identity.statements import listed, statements

_ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}


class Decision(Enum):
    """What a role's policies say of one call."""

    ALLOWED = "allowed"
    DENIED = "denied"
    NOT_ALLOWED = "not allowed"


@dataclass(frozen=True)
class Call:
    """One action on one resource, with the values of the condition keys that are known of it, in lower case."""

    action: str
    resource: str
    facts: Mapping[str, Sequence[str]]


def decide(documents: Iterable[str], call: Call) -> Decision:
    """
    Decide by these policy documents.

    Raises:
        NotEvaluated: a statement that concerns the call has an element or a condition key that is not emulated.
    """
    held = chain.from_iterable(map(statements, documents))
    effects = {statement["Effect"] for statement in held if _concerns(statement, call)}
    if "Deny" in effects:
        return Decision.DENIED
    return Decision.ALLOWED if "Allow" in effects else Decision.NOT_ALLOWED


def _concerns(statement: Mapping[str, Any], call: Call) -> bool:
    if not _matches(statement, "Action", call.action.lower(), lower=True):
        return False
    unknown = sorted(set(statement) - _ELEMENTS)
    if unknown:
        raise NotEvaluated(f"the element {unknown[0]!r} of a policy")
    return _matches(statement, "Resource", call.resource) and holds(statement.get("Condition", {}), call.facts)


def _matches(statement: Mapping[str, Any], element: str, value: str, lower: bool = False) -> bool:
    """Whether an element, or its `Not` form, takes the value in."""
    negated = f"Not{element}" in statement
    patterns = listed(statement.get(f"Not{element}" if negated else element, []))
    if any("${" in pattern for pattern in patterns):
        raise NotEvaluated(f"policy variables ({patterns[0]})")
    found = any(is_like(value, p.lower()) if lower else is_resource(value, p) for p in patterns)
    return found != negated
