"""The policies of a role, as moto holds them."""

from dataclasses import dataclass
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends

from local_cloud.aws.account import ACCOUNT, moto_lock


@dataclass(frozen=True)
class Role:
    """A role's name and id, its policy documents, what bounds them, if anything does, and who may assume it."""

    name: str
    id: str
    documents: tuple[str, ...]
    boundary: str | None
    trust: str


def find_role(arn: str) -> Role | None:
    """The role with that ARN, as it is now; None when it was deleted."""
    with moto_lock:
        backend = iam_backends[ACCOUNT]["aws"]
        try:
            held = backend.get_role_by_arn(arn)
        except NotFoundException:
            return None
        attached = [_document(policy) for policy in held.managed_policies.values()]
        bound = backend.managed_policies.get(held.permissions_boundary_arn or "")
        documents = (*held.policies.values(), *attached)
        boundary = _document(bound) if bound else None
        return Role(held.name, held.id, documents, boundary, held.assume_role_policy_document)


def inline_policies(role_name: str) -> dict[str, str]:
    """The role's own policies, by name; none when there is no such role."""
    with moto_lock:
        roles = iam_backends[ACCOUNT]["aws"].roles.values()
        return next((dict(role.policies) for role in roles if role.name == role_name), {})


def _document(policy: Any) -> str:
    return next(version.document for version in policy.versions if version.is_default)
