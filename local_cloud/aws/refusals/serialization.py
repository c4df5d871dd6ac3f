"""
Whether a document has the types that the SDK's own model gives it.

Source: Smithy, AWS restJson1 protocol, shape serialization; its SerializationException.
"""

from collections.abc import Iterator
from typing import Any

from botocore.model import Shape

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float, str),
}


def misshapen(shape: Shape, value: Any, path: str = "the document") -> str | None:
    """The first member of another type than the model's, and which it should be; None when there is none."""
    if value is None:
        return None
    if not _has_type(shape, value):
        return f"{path} must be of type {shape.type_name}"
    found = (misshapen(inner, item, name) for inner, item, name in _members(shape, value))
    return next((text for text in found if text), None)


def _has_type(shape: Shape, value: Any) -> bool:
    if isinstance(value, bool):
        return shape.type_name == "boolean"
    return isinstance(value, _TYPES.get(shape.type_name, (object,)))


def _members(shape: Any, value: Any) -> Iterator[tuple[Shape, Any, str]]:
    """What is within: (model, value, name). Members that the model lacks are nobody's."""
    if shape.type_name == "structure":
        wire = {inner.serialization.get("name", name): inner for name, inner in shape.members.items()}
        yield from ((wire[name], item, name) for name, item in value.items() if name in wire)
    elif shape.type_name == "map":
        yield from ((shape.value, item, key) for key, item in value.items())
    elif shape.type_name == "list":
        yield from ((shape.member, item, f"item {index}") for index, item in enumerate(value))
