"""
Whether a session may do something: the role's policies, within its boundary, read anew for each call.

Source: IAM, Policy evaluation logic; Troubleshoot access denied error messages.
"""

from local_cloud.aws.account import ACCOUNT, REGION
from local_cloud.aws.identity.policies import Call, Decision, decide
from local_cloud.aws.identity.roles import find_role
from local_cloud.aws.identity.sessions import Session


def refused(session: Session, action: str, resource: str) -> str | None:
    """
    Why the session may not do this, in IAM's words; None when it may.

    Raises:
        NotEvaluated: a policy that concerns the call has something that is not emulated.
    """
    role, call = find_role(session.role_arn), Call(action, resource, _facts(session))
    decision = decide(role.documents, call) if role else Decision.NOT_ALLOWED
    kind = "identity-based policy"
    if role and role.boundary and decision is Decision.ALLOWED:
        decision, kind = decide([role.boundary], call), "permissions boundary"
    if decision is Decision.ALLOWED:
        return None
    denied = f"with an explicit deny in {_article(kind)}"
    why = denied if decision is Decision.DENIED else f"because no {kind} allows the {action} action"
    return f"User: {session.arn} is not authorized to perform: {action} on resource: {resource} {why}"


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _facts(session: Session) -> dict[str, tuple[str, ...]]:
    """The condition keys of a call of a function; on AWS its way is always https."""
    return {
        "aws:principalaccount": (ACCOUNT,),
        "aws:principalarn": (session.role_arn,),
        "aws:principaltype": ("AssumedRole",),
        "aws:requestedregion": (REGION,),
        "aws:securetransport": ("true",),
        "lambda:sourcefunctionarn": (session.function_arn,),
    }
