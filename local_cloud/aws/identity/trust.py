"""
Who may assume a role, by its trust policy.

Source: IAM, Policy elements: Principal; Roles terms and concepts, "Trust policy".
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

from local_cloud.aws.identity.errors import NotEvaluated
from local_cloud.aws.identity.matching import is_like

_ASSUME = "sts:assumerole"
_KINDS = {"AWS", "CanonicalUser", "Federated", "Service"}
_NOT_EVALUATED = ("Condition", "NotAction", "NotPrincipal")


def malformed_trust(document: str) -> str | None:
    """Why IAM would not take this trust policy; None when it would."""
    try:
        IAMTrustPolicyDocumentValidator(document).validate()
    except MalformedPolicyDocument as error:
        return str(error.message)
    faults = (_principal_fault(statement) for statement in _statements(document))
    return next(filter(None, faults), None)


def _principal_fault(statement: Mapping[str, Any]) -> str | None:
    if not {"Principal", "NotPrincipal"} & set(statement):
        return "Missing required field Principal"
    principal = statement.get("Principal", "*")
    if principal == "*" or (isinstance(principal, dict) and principal and set(principal) <= _KINDS):
        return None
    return f"Invalid principal in policy: {json.dumps(principal)}"


def trusts(document: str, service: str) -> bool:
    """
    Whether the service may assume the role.

    Raises:
        NotEvaluated: what decides is not emulated.
    """
    effects = {statement["Effect"] for statement in _statements(document) if _concerns(statement, service)}
    return effects == {"Allow"}


def _concerns(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal", {})
    if principal == "*" or "*" in _listed(principal.get("AWS", [])):
        raise NotEvaluated("the principal '*' of a trust policy")
    if "Principal" in statement and service not in _listed(principal.get("Service", [])):
        return False
    unknown = [element for element in _NOT_EVALUATED if statement.get(element)]
    if unknown:
        raise NotEvaluated(f"the element {unknown[0]!r} of a trust policy")
    return any(is_like(_ASSUME, action.lower()) for action in _listed(statement.get("Action", [])))


def _statements(document: str) -> Iterator[Mapping[str, Any]]:
    yield from _listed(json.loads(document).get("Statement", []))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
