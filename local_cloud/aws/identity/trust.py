"""
Who may assume a role, by its trust policy.

Source: IAM, Policy elements: Principal; Roles terms and concepts, "Trust policy".
"""

import json
from collections.abc import Mapping
from typing import Any

from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

from local_cloud.aws.identity.errors import NotEvaluated
from local_cloud.aws.identity.matching import is_like
from local_cloud.aws.identity.statements import listed, statements

_ASSUME = "sts:assumerole"
# What moto takes for an action of a trust policy, in the one spelling that it takes.
_SPELT = {
    f"sts:{name.lower()}": f"sts:{name}"
    for name in ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "SetSourceIdentity", "TagSession")
} | {"sts:setcontext": "sts:TagSession"}  # which moto does not know
_VERSION, _OLD_VERSION = "2012-10-17", "2008-10-17"
_KINDS = {"AWS", "CanonicalUser", "Federated", "Service"}
_NOT_EVALUATED = ("Condition", "NotAction", "NotPrincipal")


def malformed_trust(document: str) -> str | None:
    """Why IAM would not take this trust policy; None when it would."""
    try:
        IAMTrustPolicyDocumentValidator(plain_trust(document)).validate()
    except MalformedPolicyDocument as error:
        return str(error.message)
    except AttributeError:
        return "Syntax errors in policy."  # moto takes a null for an action
    faults = (_principal_fault(statement) for statement in statements(document))
    return next(filter(None, faults), None)


def plain_trust(document: str) -> str:
    """
    The policy as moto's validator reads one: of the newer version, actions in one spelling; what is none as it is.

    Source: IAM, Policy elements: Version (2008-10-17 where there is none); Action (case does not matter).
    """
    try:
        return json.dumps(_plain(json.loads(document)))
    except (ValueError, RecursionError):
        return document


def _plain(policy: Any) -> Any:
    if not isinstance(policy, dict):
        return policy
    if policy.get("Version", _OLD_VERSION) == _OLD_VERSION:
        policy["Version"] = _VERSION
    for statement in listed(policy.get("Statement")):
        if isinstance(statement, dict) and "Action" in statement:
            statement["Action"] = _spelt(statement["Action"])
    return policy


def _spelt(actions: Any) -> Any:
    if isinstance(actions, list):
        return [_spelt(action) for action in actions]
    return _SPELT.get(actions.lower(), actions) if isinstance(actions, str) else actions


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
    effects = {statement["Effect"] for statement in statements(document) if _concerns(statement, service)}
    return effects == {"Allow"}


def _concerns(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal", {})
    if principal == "*" or "*" in listed(principal.get("AWS", [])):
        raise NotEvaluated("the principal '*' of a trust policy")
    if "Principal" in statement and service not in listed(principal.get("Service", [])):
        return False
    unknown = [element for element in _NOT_EVALUATED if statement.get(element)]
    if unknown:
        raise NotEvaluated(f"the element {unknown[0]!r} of a trust policy")
    return any(is_like(_ASSUME, action.lower()) for action in listed(statement.get("Action", [])))
