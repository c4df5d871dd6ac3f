"""
What IAM refuses of a role's policies, and Lambda of a function's role.

Source: IAM API reference, CreateRole, PutRolePolicy; IAM quotas (white space is not counted); AWS Lambda API
reference, CreateFunction, and "Execution role": Lambda must be able to assume it.
"""

import re
from collections.abc import Mapping
from typing import Any

from local_cloud.aws.account import ACCOUNT
from local_cloud.aws.identity.errors import NotEvaluated
from local_cloud.aws.identity.roles import find_role, inline_policies
from local_cloud.aws.identity.trust import malformed_trust, trusts
from local_cloud.aws.refusals.faults import Fault

_TRUST = {"CreateRole": "AssumeRolePolicyDocument", "UpdateAssumeRolePolicy": "PolicyDocument"}
_TRUST_SIZE, _INLINE_SIZE = 2048, 10_240
_ARN = r"arn:(aws[a-zA-Z-]*)?:iam::(\d{12}):role/?[a-zA-Z_0-9+=,.@\-_/]+"
WRITES = {*_TRUST, "PutRolePolicy"}


def fault_of_role(operation: str, wanted: Mapping[str, Any]) -> Fault | None:
    """Why IAM would not take this policy; None when it would."""
    if operation == "PutRolePolicy":
        return _too_large(wanted)
    document = wanted.get(_TRUST.get(operation, ""))
    if document is None:
        return None
    if _size(document) > _TRUST_SIZE:
        return Fault(f"Cannot exceed quota for ACLSizePerRole: {_TRUST_SIZE}", "LimitExceeded", 409)
    text = malformed_trust(document)
    return Fault(text, "MalformedPolicyDocument") if text else None


def _too_large(wanted: Mapping[str, Any]) -> Fault | None:
    """The quota is of all inline policies of a role together."""
    role = wanted.get("RoleName", "")
    policies = inline_policies(role) | {str(wanted.get("PolicyName")): wanted.get("PolicyDocument", "")}
    if sum(map(_size, policies.values())) <= _INLINE_SIZE:
        return None
    return Fault(f"Maximum policy size of {_INLINE_SIZE} bytes exceeded for role {role}", "LimitExceeded", 409)


def _size(document: str) -> int:
    return len("".join(document.split()))


def fault_of_execution_role(wanted: Mapping[str, Any]) -> Fault | None:
    """Why Lambda would not take this role for a function; None when it would, or when none is named."""
    arn = wanted.get("Role")
    if arn is None:
        return None
    form = re.fullmatch(_ARN, arn, re.ASCII)
    if form is None:
        where = f"Value '{arn}' at 'role' failed to satisfy constraint"
        text = f"1 validation error detected: {where}: Member must satisfy regular expression pattern: {_ARN}"
        return Fault(text, "ValidationException")
    if form[2] != ACCOUNT:
        return Fault("Cross-account pass role is not allowed.", "AccessDeniedException", 403)
    return _unassumable(arn)


def _unassumable(arn: str) -> Fault | None:
    role = find_role(arn)
    try:
        if role is not None and trusts(role.trust, "lambda.amazonaws.com"):
            return None
    except NotEvaluated as error:
        return Fault(f"the local AWS does not emulate {error}", "NotEmulated", 501)
    return Fault("The role defined for the function cannot be assumed by Lambda.", "InvalidParameterValueException")
