"""What a resource type's properties are: types, defaults, which a change replaces, which are secret."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.pulumi.providers.values import UNKNOWN, Properties, is_archive

COVERAGE = "local_cloud/COVERAGE.md lists what is"


@dataclass(frozen=True)
class Property:
    """
    One property, named as in Pulumi's schema.

    Args:
        output: the cloud alone sets it.
        refused: the real plugin takes it as an input, this one only shows what the cloud answers.
        computed: where it is left out, also after it was given, the cloud's own value stays.
        unordered: a set: two orders of the same items are no difference.
        prefer_given: the cloud does not answer with it, or in another form: what was given is kept.
        auto_named: where it is left out, the plugin makes up a name.
        json: a JSON text: two that say the same are no difference.
        values: the only ones there are; of an array, of its items.
        low: the least number.
        high: the greatest number.
        shortest: of a text or an array.
        longest: of a text or an array.
        pattern: which a whole text matches; of an array, its items.
        excludes: the property beside which it cannot be given.
        fields: of an object, or of each object in an array; without them, texts.
    """

    kind: str
    required: bool = False
    default: Any = None
    output: bool = False
    refused: bool = False
    secret: bool = False
    replace: bool = False
    computed: bool = False
    unordered: bool = False
    prefer_given: bool = False
    auto_named: bool = False
    json: bool = False
    values: tuple[str | int, ...] = ()
    low: int | None = None
    high: int | None = None
    shortest: int = 0
    longest: int | None = None
    pattern: str | None = None
    excludes: str | None = None
    fields: "Schema | None" = None

    @property
    def settable(self) -> bool:
        """Whether a program may give it."""
        return not self.output and not self.refused


Schema = Mapping[str, Property]
Failure = tuple[str, str]

NAME = Property("string", auto_named=True)
IMMUTABLE_NAME = Property("string", auto_named=True, replace=True)
OUTPUT = Property("string", output=True)


def fill_defaults(schema: Schema, given: Properties) -> Properties:
    """The inputs with the defaults that the real plugin fills in when it checks them, also in objects."""
    defaults = {name: spec.default for name, spec in schema.items() if spec.default is not None}
    return {name: _filled(schema.get(name), value) for name, value in {**defaults, **given}.items()}


def _filled(spec: Property | None, value: Any) -> Any:
    if spec is None:
        return value
    if spec.fields and isinstance(value, dict) and not is_archive(value):
        return fill_defaults(spec.fields, value)
    if spec.fields and isinstance(value, list):
        return [_filled(spec, item) for item in value]
    return value


def failures(schema: Schema, given: Properties, above: str = "") -> Iterator[Failure]:
    """What is wrong with the inputs: (path of the property, reason). No reason holds a value, which may be secret."""
    for name, value in given.items():
        yield from _wrong(schema.get(name), f"{above}{name}", value)
    for name, spec in schema.items():
        if spec.required and given.get(name) is None:
            yield f"{above}{name}", f"the property '{above}{name}' is required"
        if spec.excludes and given.get(name) and given.get(spec.excludes):
            yield f"{above}{name}", f"the property '{above}{name}' cannot be set beside '{above}{spec.excludes}'"


def _wrong(spec: Property | None, path: str, value: Any) -> Iterator[Failure]:
    if spec is None or spec.refused:
        yield path, f"the property '{path}' is not emulated here; {COVERAGE}"
    elif spec.output:
        yield path, f"the property '{path}' is an output and cannot be set"
    elif value == UNKNOWN:
        return
    elif not fits(spec.kind, value):
        yield path, f"the property '{path}' must be of type {spec.kind}, and is of type {kind_of(value)}"
    elif spec.json and not _is_json(value):
        yield path, f"the property '{path}' must be a JSON text"
    elif beyond := _beyond(spec, value):
        yield path, f"the property '{path}' must {beyond}"
    elif spec.kind == "array":
        for index, item in enumerate(value):
            yield from _wrong_item(spec, f"{path}[{index}]", item)
    elif spec.kind == "object":
        yield from _wrong_fields(spec, path, value)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _beyond(spec: Property, value: Any) -> str | None:
    """
    What the value must be and is not; None when it is all that.

    Source: the validators of the Terraform providers on which the real plugins stand, which run in a preview.
    """
    return (_beyond_length if isinstance(value, str | list) else _beyond_range)(spec, value) or _beyond_choice(
        spec, value
    )


def _beyond_length(spec: Property, value: str | list[Any]) -> str | None:
    what = "items" if isinstance(value, list) else "characters"
    if spec.longest is not None and not spec.shortest <= len(value) <= spec.longest:
        return f"have {spec.shortest} to {spec.longest} {what}"
    return None


def _beyond_range(spec: Property, value: Any) -> str | None:
    if spec.high is not None and value > spec.high:
        return f"be from {spec.low} to {spec.high}"
    if spec.low is not None and value < spec.low:
        return f"be at least {spec.low}" if spec.high is None else f"be from {spec.low} to {spec.high}"
    return None


def _beyond_choice(spec: Property, value: Any) -> str | None:
    if spec.values and spec.kind != "array" and value not in spec.values:
        return f"be one of {', '.join(map(str, spec.values))}"
    if spec.pattern and isinstance(value, str) and not re.fullmatch(spec.pattern, value, re.ASCII | re.DOTALL):
        return f"match {spec.pattern}"
    return None


def _wrong_item(spec: Property, path: str, item: Any) -> Iterator[Failure]:
    kind = "object" if spec.fields else "string"
    yield from _wrong(Property(kind, fields=spec.fields, values=spec.values, pattern=spec.pattern), path, item)


def _wrong_fields(spec: Property, path: str, value: Properties) -> Iterator[Failure]:
    if spec.fields is not None:
        yield from failures(spec.fields, value, f"{path}.")
        return
    for key, item in value.items():
        yield from _wrong(Property("string"), f"{path}.{key}", item)


def fits(kind: str, value: Any) -> bool:
    """Whether the value is of the kind."""
    return kind_of(value) == kind or (kind == "number" and kind_of(value) == "integer")


def kind_of(value: Any) -> str:
    """The kind of a value that came over the wire."""
    if is_archive(value):
        return "archive"
    for type_, kind in _KINDS:
        if isinstance(value, type_):
            return kind
    return "null"


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)


def secrets_of(schema: Schema) -> frozenset[str]:
    """The names of the secret properties."""
    return frozenset(name for name, spec in schema.items() if spec.secret)
