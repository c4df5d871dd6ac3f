"""AWS's own managed policies, each brought into the account when it is first named: all 1,500 at once cost a second."""

import json
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends

from local_cloud.aws.account import ACCOUNT, REGION, moto_lock

_PREFIX = "arn:aws:iam::aws:policy/"


@lru_cache(maxsize=1)
def _known() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(aws_managed_policies_data)
    return known


def bring_managed_policy(form: bytes) -> None:
    """Let a call of IAM find the policy of AWS's that it names; a policy that AWS has not is moto's to refuse."""
    arn = parse_qs(form.decode("latin-1")).get("PolicyArn", [""])[0]
    if not arn.startswith(_PREFIX):
        return
    name = arn.rpartition("/")[2]
    with moto_lock:
        held = iam_backends[ACCOUNT]["aws"].managed_policies
        if arn not in held and name in _known():
            policy = AWSManagedPolicy.from_data(name, ACCOUNT, REGION, _known()[name])
            held[policy.arn] = policy
