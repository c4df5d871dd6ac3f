"""Names that the plugin makes up where the program gives none."""

import hashlib
import re
import secrets
from typing import Any

from local_cloud.pulumi.providers.schema import Schema
from local_cloud.pulumi.providers.values import Properties

SUFFIX_LENGTH = 7


def logical_name(urn: str) -> str:
    """What the program calls the resource."""
    return urn.rsplit("::", 1)[-1]


def type_token(urn: str) -> str:
    """The resource's own type, which comes after those of its parents."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def fill_names(schema: Schema, given: Properties, request: Any) -> Properties:
    """
    The inputs with a name: the one from before, the engine's proposal, or the logical name and a random suffix.

    Source: Pulumi, automatic naming of resources; CheckRequest.autonaming and randomSeed.
    """
    old = request.olds if request.HasField("olds") else {}
    names = {name for name, spec in schema.items() if spec.auto_named and name not in given}
    if request.HasField("autonaming") and request.autonaming.mode == request.autonaming.DISABLE:
        return given
    return given | {name: old[name] if name in old else _new_name(request) for name in names}


def _new_name(request: Any) -> str:
    if request.HasField("autonaming"):
        return str(request.autonaming.proposed_name)
    seed = bytes(request.randomSeed) or secrets.token_bytes(16)
    name = logical_name(request.urn)
    return f"{name}-{hashlib.sha256(seed + name.encode()).hexdigest()[:SUFFIX_LENGTH]}"


def given_name(schema: Schema, inputs: Properties, urn: str) -> bool:
    """
    Whether the program named the resource itself, so that its successor cannot stand beside it.

    Source: Pulumi's Terraform bridge: delete before replace unless the name is automatic.
    """
    made_up = re.compile(re.escape(logical_name(urn)) + f"-[0-9a-f]{{{SUFFIX_LENGTH}}}")
    names = [inputs[name] for name, spec in schema.items() if spec.auto_named and name in inputs]
    return any(not made_up.fullmatch(str(name)) for name in names)
