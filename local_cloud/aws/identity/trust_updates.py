"""UpdateAssumeRolePolicy: moto checks the policy in the plain form that it reads, and keeps it as it was sent."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from moto.iam.models import iam_backends

from local_cloud.aws.account import ACCOUNT, moto_lock
from local_cloud.aws.identity.trust import plain_trust
from local_cloud.aws.replies import Reply, peek_body, put_body

_OPERATION = "UpdateAssumeRolePolicy"


def keep_trust(environ: dict[str, Any], act: Callable[[dict[str, Any]], Reply]) -> Reply:
    """Let `act` answer a call of IAM, with the trust policy that it brings."""
    form = dict(parse_qsl(peek_body(environ).decode("utf-8", "replace"), keep_blank_values=True))
    document = form.get("PolicyDocument")
    if form.get("Action") != _OPERATION or document is None:
        return act(environ)
    put_body(environ, urlencode(form | {"PolicyDocument": plain_trust(document)}).encode())
    with moto_lock:
        reply = act(environ)
        if reply.status == 200:
            iam_backends[ACCOUNT]["aws"].get_role(form["RoleName"]).assume_role_policy_document = document
    return reply
