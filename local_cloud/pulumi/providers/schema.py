"""What a resource type's properties are: types, defaults, which a change replaces, which are secret."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.pulumi.providers.values import Properties, unknown

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
    "archive": (dict,),
}


@dataclass(frozen=True)
class Property:
    """
    One property, named as in Pulumi's schema.

    Args:
        unordered: a set: two orders of the same items are no difference.
        prefer_given: the cloud answers with another form of what was given (a name for an ARN); the given one is kept.
    """

    kind: str
    required: bool = False
    default: Any = None
    output: bool = False
    secret: bool = False
    replace: bool = False
    unordered: bool = False
    prefer_given: bool = False


Schema = Mapping[str, Property]


def fill_defaults(schema: Schema, given: Properties) -> Properties:
    """The inputs with the defaults that the real plugin fills in when it checks them."""
    defaults = {name: spec.default for name, spec in schema.items() if spec.default is not None}
    filled = {**defaults, **given}
    return {n: sorted(v) if _is_set(schema, n, v) else v for n, v in filled.items()}


def _is_set(schema: Schema, name: str, value: Any) -> bool:
    known = name in schema and schema[name].unordered
    return known and isinstance(value, list) and not unknown(value) and all(isinstance(item, str) for item in value)


def failures(schema: Schema, given: Properties) -> Iterator[tuple[str, str]]:
    """What is wrong with the inputs: (property, reason)."""
    for name, value in given.items():
        spec = schema.get(name)
        if name == "__defaults":
            continue
        if spec is None:
            yield name, f"the property {name!r} is not emulated here; local_cloud/COVERAGE.md lists what is"
        elif spec.output:
            yield name, f"the property {name!r} is an output and cannot be set"
        elif not unknown(value) and not _fits(spec.kind, value):
            yield name, f"the property {name!r} must be of type {spec.kind}, and got {value!r}"
    for name, spec in schema.items():
        if spec.required and given.get(name) is None:
            yield name, f"the property {name!r} is required"


def _fits(kind: str, value: Any) -> bool:
    if kind != "boolean" and isinstance(value, bool):
        return False
    return isinstance(value, _TYPES[kind])


def secrets_of(schema: Schema) -> frozenset[str]:
    """The names of the secret properties."""
    return frozenset(name for name, spec in schema.items() if spec.secret)
