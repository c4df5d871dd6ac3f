"""
The members of a request, by the SDK's own model: what is within, and what must be there.

Source: DynamoDB API reference, "Required" and the length constraints of each member; words of errors: dynalite.
"""

from collections.abc import Iterator
from typing import Any

from botocore.model import Shape

from local_cloud.aws.dynamodb.errors import Invalid

_SIZED = ("string", "list", "map")


def members(shape: Any, value: Any) -> Iterator[tuple[Shape, Any, str | None]]:
    """What is within: (model, value, name); the members of a list and of a map have no name of the model's."""
    if shape.type_name == "structure":
        yield from ((shape.members[name], item, name) for name, item in value.items() if name in shape.members)
    elif shape.type_name == "map":
        yield from ((shape.value, item, None) for item in value.values())
    elif shape.type_name == "list":
        yield from ((shape.member, item, None) for item in value)


def check_members(shape: Any, value: Any, path: str = "") -> None:
    """
    Accept what has each member that the model requires, none of them shorter than it may be.

    Raises:
        Invalid: one is missing, or too short.
    """
    if shape.type_name in _SIZED and len(value) < (least := shape.metadata.get("min", 0)):
        raise _failed(f"'{value}'", path, f"Member must have length greater than or equal to {least}")
    for name in shape.metadata.get("required", ()):
        if name not in value:
            raise _failed("null", _below(path, name), "Member must not be null")
    for inner, item, name in members(shape, value):
        check_members(inner, item, _below(path, name or "member"))


def _below(path: str, name: str) -> str:
    own = f"{name[:1].lower()}{name[1:]}"
    return f"{path}.{own}" if path else own


def _failed(value: str, path: str, constraint: str) -> Invalid:
    where = f"Value {value} at '{path}' failed to satisfy constraint"
    return Invalid(f"1 validation error detected: {where}: {constraint}")
